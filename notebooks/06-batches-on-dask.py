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
# # Batches, on one machine or a cluster
#
# An evaluation set, a batch file or a log holds thousands of conversations. `%headroom batch IN OUT` compresses a whole
# file into another of the same kind. Order is kept, every item is accounted for, and a run that was stopped goes on.
# Dask comes with `pip install 'headroom-nb[dask]'`.

# %%
# %load_ext headroom_nb
import json
import os
import tempfile
from pathlib import Path

import headroom_nb
from headroom_nb import demo

os.chdir(tempfile.mkdtemp())  # a folder of its own for what is written here

# %% [markdown]
# A batch file as OpenAI's Batch API takes it, one request per line. One of the lines is broken, as happens.

# %%
questions = [
    ("astronaut.jpg", "Is the person smiling?"),
    ("astronaut.jpg", "What is in the background?"),
    ("chart.png", "Which way does the curve go?"),
    (None, "What is the capital of France?"),
]


def request(number):
    picture, question = questions[number % len(questions)]
    pictures = [] if picture is None else [demo.picture(picture)]
    body = {"model": "gpt-4o", "messages": [headroom_nb.user_message(f"{question} ({number})", *pictures)]}
    return {"custom_id": f"request-{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}


lines = [json.dumps(request(number)) for number in range(200)]
lines[41] = lines[41][:100]
source, sink = Path("requests.jsonl"), Path("smaller.jsonl")
size = source.write_text("\n".join(lines) + "\n")

# %% [markdown]
# ## Stopped half-way
#
# Ctrl-C and the Interrupt button give the summary of what is done; so does, here, a progress function that has seen
# enough. Nothing stands at the sink yet.


# %%
def enough(progress):
    if progress.done > 0.3:
        raise KeyboardInterrupt


headroom_nb.compress_batch(source, sink, progress=enough)

# %%
sink.exists()

# %% [markdown]
# ## The same call goes on
#
# Now with a Dask cluster of two processes. A number (`executor=2`, `--workers 2`) would start processes without Dask;
# any `concurrent.futures` executor will do as well. The workers get paths and byte offsets, load their models once, and
# write what they make themselves. Dask has its workers hand memory back at once, which makes work on pictures slower;
# the setting leaves that to the system.

# %%
import logging

import dask
from distributed import Client, LocalCluster

dask.config.set({"distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None})
cluster = LocalCluster(
    n_workers=2,
    threads_per_worker=1,
    dashboard_address="127.0.0.1:0",
    local_directory="dask",
    silence_logs=logging.ERROR,
)
client = Client(cluster)

# %%
# %headroom batch source sink --workers client -o summary

# %% [markdown]
# While it runs, Dask's dashboard shows which worker does which part, how long, and with how much memory. It needs the
# package bokeh and stands at `client.dashboard_link`, by default on port 8787.
#
# ## What is there now
#
# The sink has every line in its place; the broken one came through as it was, and the summary says why.

# %%
summary.errors

# %%
written = sink.read_text().splitlines()
len(written), written[41] == lines[41], json.loads(written[7])["custom_id"]

# %% [markdown]
# Beside it stands one account per item.

# %%
accounts = [json.loads(line) for line in Path(summary.report).read_text().splitlines()]
accounts[0]

# %% [markdown]
# Whoever did the work, the bytes are the same. And a batch that is done is not done again.

# %%
other = Path("other.jsonl")
headroom_nb.compress_batch(source, other, progress=False)
identical = other.read_bytes() == sink.read_bytes()
identical

# %%
again = headroom_nb.compress_batch(source, sink, executor=client)
again.resumed_items, again.seconds < 1

# %%
client.close()
cluster.close()

# %% [markdown]
# ## On a cluster
#
# Start a scheduler (`dask scheduler`) and workers on other machines (`dask worker ADDRESS --nworkers 16 --nthreads 1`),
# with the same version of `headroom-nb[dask]` on each. All of them must see source and sink under the same path: a
# shared folder, or a URL.
#
# ```python
# client = Client("tcp://10.0.0.1:8786")
# headroom_nb.compress_batch("s3://bucket/requests.jsonl", "s3://bucket/smaller.jsonl", executor=client)
# ```
#
# Ray takes the steps one by one; each part goes through the same callable:
#
# ```python
# from headroom_nb.batch import BatchCompressor, begin, finish
#
# job = begin("/shared/requests.jsonl", "/shared/smaller.jsonl", BatchCompressor(model="gpt-4o"))
# parts = ray.data.from_items([{"part": part.to_json()} for part in job.todo()])
# parts.map_batches(job.compressor, batch_size=1, num_cpus=1).materialize()
# summary = finish(job)
# ```
#
# All of it stands in `docs/batches.md`.
