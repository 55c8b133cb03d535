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
# # How the router decides
#
# For each image the router weighs two things: what was asked, read by a small language model, and what the picture is,
# measured in its pixels. It gives a probability to each technique, and then chooses by expected cost: shrinking a
# picture whose detail was needed is the dear mistake, and `quality` sets its price.

# %%
# %load_ext headroom_nb
import headroom_nb
from headroom_nb import demo

router = headroom_nb.load_router("auto")
print(router.note)

# %% [markdown]
# ## The same words, other pictures
#
# "What does it say?" wants the text of a page. Of a photograph there is no text to send.

# %%
for name in ("receipt.png", "report.png", "chart.png", "astronaut.jpg"):
    decision = router.classify(demo.picture(name), "What does it say?")
    print(f"{name:14} {decision.technique:10} {decision.confidence:4.0%}  {decision.reason}")

# %% [markdown]
# ## The same picture, other words

# %%
page = demo.picture("report.png")
for question in (
    "Summarise this page.",
    "What is the number at the top right?",
    "Is this a letter or a report?",
    "How many lines in the chart cross each other?",
):
    decision = router.classify(page, question)
    print(f"{question:48} {decision.technique:10} {decision.confidence:4.0%}")

# %% [markdown]
# ## What the answer needs
#
# Behind a technique stands what the answer depends on: exact characters, running text, marks (a tick, a line through, a
# side), one place, the gist, fine detail, a number of things, the layout. The same words can need different things of
# different images.

# %%
for name, question in (
    ("receipt.png", "What is the receipt number?"),
    ("report.png", "Summarise this page."),
    ("report.png", "Which of these items is ticked?"),
    ("chart.png", "What was the value in May?"),
    ("astronaut.jpg", "Describe this photo."),
    ("astronaut.jpg", "How many badges are on the suit?"),
):
    print(f"{name:14} {question:34} {router.needs(demo.picture(name), question)}")

# %% [markdown]
# ## What was measured
#
# Heights are pixels of the full picture, shares lie between 0 and 1.

# %%
router.analyze_image(page)

# %% [markdown]
# ## How careful to be
#
# `safe` keeps more, `max` saves more. All four probabilities are there, so that you can see how close a call was.

# %%
question = "What is at the bottom?"
for quality in ("safe", "balanced", "max"):
    decision = router.classify(page, question, quality=quality)
    shares = ", ".join(f"{technique} {share:.0%}" for technique, share in decision.probabilities.items())
    print(f"{quality:9} {decision.technique:10} ({shares})")

# %% [markdown]
# ## Overrule it
#
# A choice by hand goes through the same guard: it is never carried out for more tokens than before.

# %%
result = headroom_nb.compress(demo.messages("openai"), model="gpt-4o")
mine = result.override(result.images[1].path, "full_low")
print(result.images[1].technique, "→", mine.images[1].technique, mine.images[1].note)

# %% [markdown]
# Every form that was considered has a label, its tokens and its risk; one of them can be taken by its label.

# %%
for form in result[1].forms:
    said = "sent" if form.taken else form.why_not
    print(f"{form.label:12} {form.tokens:5} tokens  risk {form.risk:6.1%}  {said}")
print(result.override(1, form=result[1].forms[0].label)[1].note)

# %% [markdown]
# ## Overrule it with the mouse
#
# The same in a widget: choose another technique in its box, change a question and press Enter (the router decides
# again), open a pair of pictures to compare them as the model sees them. An opened row has the curve of its forms,
# tokens against risk: a click on a point takes that form; a box drawn by hand becomes the crop; every step can be
# undone. `%headroom compress messages --widget` opens it, too. Without a kernel, as where you may be reading this, the
# table stands in its place.

# %%
view = headroom_nb.CompressionView(result)
view

# %% [markdown]
# Python and the page change the same state: `view.result` always has everything that was overruled.

# %%
receipt, chart = result.images[0].path, result.images[1].path
view.override(receipt, "preserve")
view.ask(chart, "What is the title of the chart?")
for image in view.result.images[:2]:
    print(f"{image.technique:10} {image.compressed_tokens:5} tokens  {image.question}")

# %% [markdown]
# ## Collect labels
#
# What you overruled is what a router of your own should learn. Each line holds the question, the image's digest and
# measurements, what the router said and what you chose; never the image. In a checkout,
# `make router LABELS=labels.jsonl` trains with them.

# %%
import json
import tempfile
from pathlib import Path

path = view.save_labels(Path(tempfile.mkdtemp()) / "labels.jsonl")
for line in path.read_text("utf-8").splitlines():
    label = json.loads(line)
    print({name: label[name] for name in ("text", "routed", "chosen")}, label["image"][:12], len(label["features"]))

# %% [markdown]
# ## Bring your own
#
# A router is any object with three methods. This one is more careful where the question says "exactly": the router
# above would cut the bottom out, this one keeps the page.


# %%
class Careful:
    name = "careful"

    def __init__(self, other):
        self.other = other

    def classify(self, image, query, *, quality="balanced"):
        return self.other.classify(image, query, quality="safe" if "exactly" in query else quality)

    def classify_query(self, query):
        return self.other.classify_query(query)

    def analyze_image(self, image):
        return self.other.analyze_image(image)


compressor = headroom_nb.ImageCompressor(model="gpt-4o", router=Careful(router))
compressor.run([headroom_nb.user_message("What exactly is at the bottom?", page)])

# %% [markdown]
# `make router` in the repository makes the shipped router again from scratch; `benchmarks/deciding/router.py` measures
# any router on questions of your own. Next: [what the model still sees](04-what-the-model-still-sees.ipynb).
