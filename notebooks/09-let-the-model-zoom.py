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
# # Let the model zoom
#
# A page is large, and the answer stands in one corner of it. With `zoom=True` the page goes out small, and the model
# asks for the part that it needs. A small local server stands in for the model: **it is none**. It reads the images it
# gets by OCR, nothing under 10 px, and asks to look closer where a heading fits the question but the letters are too
# small. With your own client the lines are the same (`pip install anthropic openai`).

# %%
import anthropic
import openai
from PIL import Image, ImageDraw, ImageFont

import headroom_nb
from headroom_nb.demo.stand_in import StandIn
from headroom_nb.errors import OcrError

server = StandIn(reads_from=10).__enter__()
client = anthropic.Anthropic(base_url=server.url, api_key="none")

# %%
page = Image.new("RGB", (1654, 2339), "white")
draw, large, small = ImageDraw.Draw(page), ImageFont.load_default(64), ImageFont.load_default(26)
for place, heading in enumerate(["Delivery", "Payment", "Warranty", "Supplier", "Contract", "Inspection"]):
    draw.text((140, 120 + 350 * place), heading, "black", large)
    draw.text((140, 230 + 350 * place), f"{heading} reference: {7301 + 97 * place}-{place}", "black", small)
page.resize((300, 424))

# %% [markdown]
# ## With a wrapped client
#
# The call is the usual one. In between, the model looked at a part; the answer comes back as if it had not. (We take
# away the OCR that would send this page as text, which costs even less.)


# %%
class NoOcr:
    name = "none"

    def read(self, image, **_):
        raise OcrError(f"no engine reads {image.size}")


body = {
    "model": "claude-opus-5-5",
    "max_tokens": 200,
    "messages": [headroom_nb.user_message("What is the warranty reference?", page, provider="anthropic")],
}
whole = client.messages.count_tokens(model=body["model"], messages=body["messages"]).input_tokens
headroom_nb.wrap(client, zoom=True, ocr=NoOcr(), max_seconds=None)
print(client.messages.create(**body).content[0].text)
print(f"{server.billed:,} tokens in {headroom_nb.meter(client).looks + 1} requests; the whole page takes {whole:,}")

# %% [markdown]
# What the model was sent: the page, small, and then the part that it asked for.

# %%
from headroom_nb.formats import find_images

for slot in find_images(server.received[-1].body):
    display(headroom_nb.provider_view(slot.load(), "claude-opus-5-5"))

# %% [markdown]
# ## By yourself
#
# Without a wrapped client you hand each response to `handle_zoom`, and send what it returns, until there is None.

# %%
with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none") as other:
    question = [headroom_nb.user_message("What is the supplier reference?", page)]
    result = headroom_nb.compress({"model": "gpt-5.6-sol", "messages": question}, zoom=True, ocr=NoOcr())
    request = result.messages
    response = other.chat.completions.create(**request)
    while (following := headroom_nb.handle_zoom(request, response)) is not None:
        request = following
        response = other.chat.completions.create(**request)
print(response.choices[0].message.content)

# %% [markdown]
# Every original can be given back by the id that the request names it by.

# %%
for name in result.zoom_ids.values():
    print(name, f"{len(headroom_nb.restore(name)):,} bytes")
server.__exit__(None, None, None)
