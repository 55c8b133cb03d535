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
# # What a picture costs
#
# Before a picture is sent: what it costs on each model, what the model sees of it, and whether the provider takes it.
# Nothing here asks the network.

# %%
# %load_ext headroom_nb
import headroom_nb
from headroom_nb import demo

page = demo.picture("report.png")

# %% [markdown]
# ## On one model
#
# A file, a folder, a glob such as `photos/*.png`, a picture in memory or a message list: all can be counted.

# %%
# %headroom estimate page --model gpt-4o

# %% [markdown]
# ## In money
#
# A month at a stated use, a call in a batch, and the next ten turns of a chat with the provider's cache. What a cache
# and a batch cost stands in the table of each provider; `.money()` gives the figures.

# %%
# %headroom estimate page --model gpt-4o --calls 1000/day

# %% [markdown]
# ## Within a budget
#
# So many tokens and no more: the forms of all pictures are chosen together, the least risk there is.

# %%
result = headroom_nb.compress(demo.messages("openai"), model="gpt-5.6-sol", budget=2000)
print(result.budget)

# %% [markdown]
# ## On many models
#
# Cheapest first. The right half is the cheapest way to send the same picture, and what that does to its smallest text.

# %%
# %headroom compare page --models gpt-5.6-sol,gpt-4o,claude-opus-5-5,gemini-3.1-pro-preview -o comparison

# %%
from headroom_nb.rendering.cost_plots import plot_models, plot_sizes

ax = plot_models(comparison)

# %% [markdown]
# ## Why a few pixels matter
#
# Models bill whole tiles or patches, so that the cost goes up in steps. A picture just above a step pays for the next.

# %%
ax = plot_sizes((1240, 1640), ["gpt-4o", "claude-opus-5-5"])

# %% [markdown]
# ## Under the grid
#
# The explorer lays the tiles or patches over the picture. Drag the slider from step to step, cut a part out, switch
# the model, or look at what it sees: tokens and money follow at once, without the kernel. Where the kernel is gone a
# table stays.

# %%
explorer = headroom_nb.TileExplorer(page, "gpt-4o", "high", label="report.png")
explorer

# %% [markdown]
# Python and the page share what is chosen: `model`, `detail`, `crop_box` and `size` are read and set, `tokens` says
# what it comes to. `%headroom tiles page --model gpt-4o` opens the same.

# %%
explorer.crop_box = (100, 0, 1140, 900)
explorer.size = (520, 450)
explorer.size, explorer.tokens

# %%
explorer.to_image()

# %% [markdown]
# ## What the model sees
#
# GPT-4o shrinks this page before it looks at it.

# %%
# %headroom view page --model gpt-4o

# %% [markdown]
# ## Would it be taken?
#
# Providers refuse pictures that are too large or too many, in a conversation as a whole. Each broken limit is named
# with its place.

# %%
from PIL import Image

messages = [headroom_nb.user_message("What is this?", Image.new("L", (9000, 300)), provider="anthropic")]
# %headroom check messages

# %% [markdown]
# `%headroom models` lists every model of the table with its price and its source's conflicts.

# %%
# %headroom models gpt-4o

# %% [markdown]
# Next: [how the router decides](03-how-the-router-decides.ipynb) what may be done with a picture.
