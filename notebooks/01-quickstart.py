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
# # Quick start
#
# A conversation with images goes in, a cheaper one comes out, and a table says what happened to each image.

# %%
# %load_ext headroom_nb
from headroom_nb import demo

# %% [markdown]
# The bundled conversation asks about a receipt, a chart, a photograph, a page of a report and a screenshot. It is an
# ordinary message list, as the OpenAI client takes it.

# %%
messages = demo.messages("openai")
[message["role"] for message in messages]

# %% [markdown]
# ## What does it cost as it is?
#
# Nothing is decoded or sent for this: the provider's billing rule needs only the sizes.

# %%
# %headroom estimate messages --model gpt-4o

# %% [markdown]
# ## Make it cheaper
#
# Each image is decided by its pixels and by the question asked of it. "Free" savings change nothing the model sees;
# "traded" ones give detail up, and the pixels kept are shown beside them.

# %%
# %headroom compress messages --model gpt-4o -o result

# %% [markdown]
# The result carries the smaller messages, in the format that came in, and the account of each image.

# %%
print(f"{result.original_tokens:,} → {result.compressed_tokens:,} tokens, {result.savings_percent:.0f} % saved")

# %%
first = result.images[0]
print(first.question, "→", first.technique, f"({first.note})")

# %% [markdown]
# ## Have it your way
#
# `--quality safe` gives up less. `--widget` shows the decisions where they can be changed: choose another technique
# in an image's box, or ask another question of it.

# %%
# %headroom compress messages --model gpt-4o --quality safe --widget

# %% [markdown]
# In code: a single image is decided by hand; the other decisions stay as they are, and the first result is still there.

# %%
mine = result.override(first.path, "preserve")
print(mine.images[0].technique, mine.images[0].decision.reason)

# %% [markdown]
# ## See what the model sees
#
# A provider shrinks large images before its model looks at them. This is what arrives of the report.

# %%
# %headroom view messages[6:7] --model gpt-4o

# %% [markdown]
# ## Take it away
#
# `%headroom export result --to html report.html` writes a file. Here are some of the formats from Python; batch lines,
# the pictures in a zip and a Markdown report are there too.

# %%
import tempfile
from pathlib import Path

import headroom_nb

for form in ("json", "python", "curl", "html"):
    written = headroom_nb.export(result, form, Path(tempfile.mkdtemp()) / f"example.{form}")
    print(f"{form:7} {written.about}, {written.size:,} bytes")

# %% [markdown]
# `%headroom help` lists everything else. Next: [what a picture costs](02-what-a-picture-costs.ipynb), before it is sent
# and on other models.
