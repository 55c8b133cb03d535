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
# # A long agent run
#
# An agent sends a screenshot after every step, and with each request all the earlier ones again. Here is a run of 64
# screens, recorded in a browser: orders are searched, opened, corrected. Most screens differ little from the one
# before. With `history="auto"` they go out as what changed, and old ones as their text, whenever that pays with the
# provider's prompt cache.

# %%
import io

import anthropic
from PIL import Image

import headroom_nb
from headroom_nb.demo.agent_run import agent_run
from headroom_nb.demo.stand_in import StandIn

run = agent_run()
print(len(run.steps), "screens;", run.task)
for step in run.steps[6:12]:
    print(step.call)
Image.open(io.BytesIO(run.steps[10].screen)).reduce(2)

# %% [markdown]
# ## The agent's loop
#
# This is the loop that you have already: send, act, append. The only new line is `wrap`. A small local server stands in
# for the provider; it bills what it receives and reads nothing, as the steps are recorded. We take the first 12 steps,
# which is enough to see it at work.

# %%
server = StandIn(eyes=lambda *_: []).__enter__()
client = anthropic.Anthropic(base_url=server.url, api_key="none")
headroom_nb.wrap(client, history="auto", router="rules", max_seconds=None)

for count in range(1, 13):
    messages = run.messages("anthropic", count)  # the last block asks for the cache, as agents do
    client.messages.create(model="claude-opus-4-8", max_tokens=50, messages=messages)
print(headroom_nb.meter(client))

# %% [markdown]
# ## What was sent
#
# The same by hand, for the last request: every image says what was done with it. A *changed* or *scrolled* screen
# refers to one before, sent whole or as changes of one that was; a *repeat* is one line.

# %%
result = headroom_nb.compress(messages, model="claude-opus-4-8", history="auto", router="rules")
for image in result:
    print(f"{image.done:9} {image.original_tokens:5} → {image.compressed_tokens:4}  {image.note[:80]}")

# %%
changed = next(image for image in result if image.done == "changed")
print(changed.parts[0].text)
Image.open(io.BytesIO(changed.parts[1].data))

# %% [markdown]
# ## What it breaks, and what it saves
#
# The report says whether this request still begins with all that the one before sent (then the cache serves it), and
# what all requests so far have cost beside `history="keep"`. At no request has `auto` spent over one percent more.

# %%
print(result.history)

# %% [markdown]
# ## The newest three
#
# Where the context must stay short: `last=3` keeps the newest three images whole, sends three before them smaller, and
# the others as one line with an id and the first words that were read. What is rewritten is no longer in the cache, so
# in a short run this can cost more than it saves, and the report says so. `restore` gives any image back, as long as
# this process keeps it.

# %%
short = headroom_nb.compress(messages, model="claude-opus-4-8", history="last=3", router="rules")
print(short.history)
line = next(image for image in short if image.done == "line")
print(line.parts[0].text)
print(len(headroom_nb.restore(short.history.ids[line.path])), "bytes restored")
server.__exit__(None, None, None)
