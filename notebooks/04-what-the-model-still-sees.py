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
# # What the model still sees
#
# Tokens are easy to save by making pictures small. Whether the answer is still in them is the question. Here you
# measure it; to do so on pictures of your own, name their folder, and each file with the question you would ask.

# %%
from pathlib import Path

from PIL import Image

import headroom_nb
from headroom_nb import demo

MODEL = "gpt-5.6-sol"
folder = Path(demo.__file__).parent / "images"
pictures = {
    "report.png": "Is this a letter or a report?",
    "receipt.png": "What is the total?",
    "chart.png": "How many curves are there?",
    "jupyterlab.png": "Describe what this shows.",
}

# %% [markdown]
# ## The picture as the model receives it
#
# `provider_view` applies the provider's own resize. In low detail the small print of a page is hard to read, for a
# model too.

# %%
page = Image.open(folder / "report.png")
view = headroom_nb.provider_view(page, MODEL, "low")
print(page.size, "→", view.size)
view

# %% [markdown]
# ## Words that can still be read
#
# The words that OCR reads in the untouched picture are the truth; the share of them that is still in the payload, as
# text or legible in what the model sees, is what was kept. OCR stands in for the model here: it shows what is lost for
# certain, not what a model makes of the rest.

# %%
from io import BytesIO

from headroom_nb.ocr import get_ocr
from headroom_nb.records import ImagePart

ocr = get_ocr()


def words(text):
    return {word.strip(".,:;()[]'\"").lower() for word in text.split() if len(word) > 2}


def read(image):
    return words(" ".join(line.text for line in ocr.read(image.convert("RGB")).lines))


def kept_words(image, truth):
    """Return the share of the truth that is in what would be sent for one image."""
    found = set() if image.parts else truth
    for part in image.parts:
        if isinstance(part, ImagePart):
            sent = Image.open(BytesIO(part.data)).convert("RGB")
            found |= read(headroom_nb.provider_view(sent, MODEL, part.detail or "auto"))
        else:
            found |= words(part.text)
    return len(found & truth) / len(truth)


# %% [markdown]
# ## Savings and risk
#
# Each quality, and for comparison everything in low detail.

# %%
truth = {name: read(Image.open(folder / name)) for name in pictures}
messages = [headroom_nb.user_message(question, folder / name) for name, question in pictures.items()]

points = {}
for quality in ("safe", "balanced", "max"):
    points[quality] = headroom_nb.compress(messages, model=MODEL, quality=quality)
low = points["balanced"]
for image in low.images:
    low = low.override(image.path, "full_low")
points["always low"] = low

measured = {}
for name, result in points.items():
    shares = [kept_words(image, truth[file]) for image, file in zip(result.images, pictures, strict=True)]
    measured[name] = (result.savings_percent, 100 * sum(shares) / len(shares))
    print(f"{name:11} {measured[name][0]:3.0f} % fewer tokens, {measured[name][1]:3.0f} % of the words kept")

# %%
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(5, 3.5), layout="constrained")
for name, (saved, kept) in measured.items():
    axes.plot(saved, kept, "o")
    axes.annotate(name, (saved, kept), textcoords="offset points", xytext=(-2, -8), rotation=-60, va="top")
axes.set(xlabel="tokens saved, %", ylabel="words kept, %", xlim=(0, 100), ylim=(0, 105))
plt.show()

# %% [markdown]
# `python -m benchmarks.fidelity` in the repository does this with known answers, on more images and models, with
# colours and counts as well as words. Next: [agents and SDK clients](05-agents-and-clients.ipynb).
