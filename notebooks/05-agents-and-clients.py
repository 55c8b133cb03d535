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
# # Agents and SDK clients
#
# An agent sends its whole conversation with every step, screenshots included. Here the SDK's own client compresses them
# on the way out, and a running total says what that saved. A small local server stands in for the provider, so that
# nothing leaves this machine. The SDK is OpenAI's (`pip install openai`).

# %%
# %load_ext headroom_nb
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sent = []


class Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        sent.append(body)
        answer = {"role": "assistant", "content": f"I see {len(body['messages'])} messages."}
        reply = json.dumps(
            {
                "id": "1",
                "object": "chat.completion",
                "created": 0,
                "model": body["model"],
                "choices": [{"index": 0, "message": answer, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 1500, "completion_tokens": 5, "total_tokens": 1505},
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()

# %% [markdown]
# ## Wrap a client
#
# `%headroom auto on` finds the clients among your variables: OpenAI, Anthropic, Google and others, LangChain models.
# Methods and types stay what they were. In a script: `headroom_nb.wrap(client)`.

# %%
import openai

client = openai.OpenAI(api_key="none", base_url=f"http://127.0.0.1:{server.server_port}/v1")
# %headroom auto on

# %%
import headroom_nb
from headroom_nb import demo

conversation = []
for name, question in (
    ("receipt.png", "What did the bread cost?"),
    ("astronaut.jpg", "Is the person smiling?"),
    ("receipt.png", "And what is the total?"),
):
    conversation.append(headroom_nb.user_message(question, demo.picture(name)))
    response = client.chat.completions.create(model="gpt-4o", messages=conversation)
    conversation.append({"role": "assistant", "content": response.choices[0].message.content})

# %% [markdown]
# ## What it saved
#
# Every step counts the images it sent again.

# %%
# %headroom auto

# %% [markdown]
# ## Prompt caches stay warm
#
# Providers charge a tenth for a prefix they have seen, if it is the same to the byte. Each image is decided by its own
# turn alone, so that what was sent once is sent the same again.

# %%
first, second, third = (json.dumps(body["messages"]) for body in sent)
second.startswith(first[:-1]), third.startswith(second[:-1])

# %% [markdown]
# ## Estimates beside the bill
#
# Where a response carries usage, the estimate is kept beside it. (The local server makes its figures up.)

# %%
# %headroom auto --check

# %% [markdown]
# `%headroom auto on --audit` measures and sends everything as it came. `off` restores the clients exactly.

# %%
# %headroom auto off

# %% [markdown]
# ## The same screen again
#
# An agent that waits sends the same screenshot several times. `duplicates="exact"` puts a line of text in the place of
# a repeat. It points at the first, where that shows as much and costs less. What stands before is never changed.

# %%
screen = demo.picture("chart.png")
waiting = []
for question in ("Which month was best?", "Has anything changed?", "And now?"):
    waiting.append(headroom_nb.user_message(question, screen))
    waiting.append({"role": "assistant", "content": "Let me look again."})

result = headroom_nb.compress(waiting, model="gpt-5.6-sol", duplicates="exact")
result

# %%
result.messages[2]["content"][1]

# %% [markdown]
# ## Tomorrow's run
#
# `cache="disk"` remembers results, the text that was read and what was measured, for other processes and for other
# questions about the same picture. Here the cache is in a folder of its own, and the second compressor knows only what
# it finds there. `%headroom config cache disk` sets it for the session.

# %%
import tempfile

folder = tempfile.mkdtemp()
today, tomorrow = headroom_nb.ImageCompressor(cache=folder), headroom_nb.ImageCompressor(cache=folder)
kept = today.run(conversation, model="gpt-4o")
found = tomorrow.run(conversation, model="gpt-4o")
same = found.images == kept.images
same

# %%
headroom_nb.clear_cache(folder)

# %%
server.shutdown()
server.server_close()
client.close()

# %% [markdown]
# Next: [batches](06-batches-on-dask.ipynb), for conversations by the thousand.
