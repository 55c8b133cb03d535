# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Does my model still answer?
#
# Whether a smaller image still holds the answer depends on the model that reads it. `prove` asks yours. Here a small
# local server stands in for it, so that nothing leaves this machine. **It is no model**: it decodes the images it gets,
# reads them by OCR at the size received, from a font size on that we plant, and bills by the table of models. With your
# own client the lines are the same (`pip install openai`).

# %%
# %load_ext headroom_nb
import openai
from PIL import Image, ImageDraw, ImageFont

import headroom_nb
from headroom_nb.demo.stand_in import StandIn
from headroom_nb.errors import OcrError

server = StandIn(reads_from=10).__enter__()
client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="none")

# %% [markdown]
# Seven receipts with a question each. A list of requests, or a file of them, is the same to `prove`.


# %%
def receipt(number):
    image = Image.new("RGB", (900, 520), "#fdfdf8")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(20)
    lines = [f"Order number: {48210 + number}", f"Table: {number + 3}", f"Amount due: {19 + number}.40", "Thank you!"]
    for row, line in enumerate(lines):
        draw.text((60, 60 + 90 * row), line, "black", font)
    return image


questions = [[headroom_nb.user_message("What is the order number?", receipt(n))] for n in range(7)]
receipt(0).resize((450, 260))

# %% [markdown]
# ## Is the bill right?
#
# The provider counts requests for free. Blank images of the same sizes are counted, not ours.

# %%
headroom_nb.verify(questions[0], client, model="gpt-5.6-sol")

# %% [markdown]
# ## Does it still answer?
#
# First it says what it costs; `max_usd` allows that much. The original is asked twice, which shows how often the model
# disagrees with itself, and once without the image.

# %%
proof = headroom_nb.prove(questions, client, model="gpt-5.6-sol", max_usd=1, margin=0.3, resume=False, progress=False)
proof

# %% [markdown]
# ## A model that reads less well
#
# This one reads from 17 px on, and makes something up below that. Our shipped profile expects more of it. To see
# images go out small, we take away the OCR that would send their text instead.


# %%
class NoOcr:
    name = "none"

    def read(self, image, **_):
        raise OcrError(f"no engine reads {image.size}")


weak = StandIn(reads_from=17, guesses=True).__enter__()
weak_client = openai.OpenAI(base_url=f"{weak.url}/v1", api_key="none")
harm = headroom_nb.prove(
    questions, weak_client, model="gpt-5.6-sol", quality="max", ocr=NoOcr(), max_usd=1, resume=False, progress=False
)
harm

# %% [markdown]
# The worst pairs side by side, with the images as they were sent:

# %%
harm.pairs(2)

# %% [markdown]
# `harm.save("proof.html")` writes a report; questions and images are left out unless you ask for them.
#
# ## Measure what it reads
#
# `%headroom calibrate --client client --model gpt-5.6-sol` sends an eye test of twelve sheets, and none of your images.
# What the model reads at which size becomes its own profile, and compression goes by it from then on: this keeps a weak
# model from losing answers as above. Here nothing is stored, as this is no model of yours. It reads from 17 px on, and
# sees text alone: marks, dots and rings are left out, and would stay as shipped.

# %%
headroom_nb.calibrate(weak_client, "gpt-5.6-sol", max_usd=1, store=False, resume=False, progress=False)

# %% [markdown]
# Profiles that were stored are listed, each with its date:

# %%
# %headroom calibrate --show

# %%
for each in (server, weak):
    each.__exit__(None, None, None)
