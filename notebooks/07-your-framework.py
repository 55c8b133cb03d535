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
# # Your framework
#
# Two ways work with every SDK and framework:
#
# - **compress the messages**: `headroom_nb.compress(messages)` takes a framework's own message objects and gives
#   objects of the same classes back;
# - **wrap what sends them**: `headroom_nb.wrap(model)` compresses every request on its way out.
#
# A small local server stands in for the providers, so that nothing leaves this machine. Each section needs its own
# package, named in it; skip those you do not use.

# %%
import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import headroom_nb
from headroom_nb import demo

received = []
ANSWER = {"role": "assistant", "content": "12.40 EUR"}
REPLIES = {  # what the server answers, by the end of the address
    "/chat/completions": {
        "id": "1", "object": "chat.completion", "created": 0, "model": "gpt-4o",
        "choices": [{"index": 0, "message": ANSWER, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 300, "completion_tokens": 5, "total_tokens": 305},
    },
    "/api/chat": {"model": "llava", "created_at": "2026-11-30T00:00:00Z", "message": ANSWER, "done": True},
}  # fmt: skip


class Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        received.append(self.rfile.read(int(self.headers["Content-Length"])))
        reply = next(reply for end, reply in REPLIES.items() if self.path.endswith(end))
        data = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{server.server_port}"

QUESTION = "What is the total?"
RECEIPT = demo.picture("receipt.png")
DATA_URL = f"data:image/png;base64,{base64.b64encode(RECEIPT).decode()}"


def saved(result):
    print(f"{result.original_tokens:,} → {result.compressed_tokens:,} tokens; {type(result.messages[0]).__name__}")


# %% [markdown]
# ## LangChain
#
# `pip install langchain-openai`. Message objects go in and come out; a chat model can be wrapped instead.

# %%
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI

message = HumanMessage([{"type": "text", "text": QUESTION}, {"type": "image_url", "image_url": {"url": DATA_URL}}])
saved(headroom_nb.compress([message], model="gpt-4o"))

# %%
chat = headroom_nb.wrap(ChatOpenAI(model="gpt-4o", api_key="none", base_url=f"{URL}/v1"))
chat.invoke([message]).content, headroom_nb.meter(chat).saved_tokens > 0

# %% [markdown]
# ## LlamaIndex
#
# `pip install llama-index-core`

# %%
from llama_index.core.llms import ChatMessage, ImageBlock, TextBlock

saved(headroom_nb.compress([ChatMessage(blocks=[TextBlock(text=QUESTION), ImageBlock(image=RECEIPT)])], model="gpt-4o"))

# %% [markdown]
# ## pydantic-ai
#
# `pip install "pydantic-ai-slim[openai]"`. A prompt is a list of texts and images.

# %%
from pydantic_ai import Agent, BinaryContent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

prompt = headroom_nb.compress([QUESTION, BinaryContent(RECEIPT, media_type="image/png")], model="gpt-4o").messages
agent = Agent(OpenAIChatModel("gpt-4o", provider=OpenAIProvider(base_url=f"{URL}/v1", api_key="none")))
[type(part).__name__ for part in prompt], (await agent.run(prompt)).output

# %% [markdown]
# ## Haystack
#
# `pip install haystack-ai`

# %%
from haystack.dataclasses import ChatMessage as HaystackMessage
from haystack.dataclasses import ImageContent

image = ImageContent(DATA_URL.partition(",")[2], "image/png")
saved(headroom_nb.compress([HaystackMessage.from_user(content_parts=[QUESTION, image])], model="gpt-4o"))

# %% [markdown]
# ## LiteLLM
#
# `pip install litellm`. The module itself is wrapped, and `unwrap` gives it back.

# %%
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it would look for prices on the network
import litellm

headroom_nb.wrap(litellm)
messages = [headroom_nb.user_message(QUESTION, RECEIPT)]
answer = litellm.completion("openai/gpt-4o", messages, api_base=f"{URL}/v1", api_key="none")
headroom_nb.unwrap(litellm)
answer.choices[0].message.content

# %% [markdown]
# ## Ollama
#
# `pip install ollama`. A message's `images` are files, bytes or base64. There is no place for text among them, so an
# image is made smaller and never replaced by what it says.

# %%
import ollama

client = headroom_nb.wrap(ollama.Client(host=URL), default_model="llama-3.2-vision")
client.chat("llama3.2-vision", [{"role": "user", "content": QUESTION, "images": [RECEIPT]}]).message.content

# %% [markdown]
# ## Hugging Face chat messages, smolagents
#
# Images of Pillow stay images of Pillow. No package is needed to try it.

# %%
from io import BytesIO

from PIL import Image

content = [{"type": "image", "image": Image.open(BytesIO(RECEIPT))}, {"type": "text", "text": QUESTION}]
saved(headroom_nb.compress([{"role": "user", "content": content}], model="gpt-4o"))

# %% [markdown]
# ## What is not understood is named
#
# Nothing is passed over in silence: a block that no format reads, a document, an image inside text.

# %%
content = [{"type": "text", "text": f"![receipt]({DATA_URL})"}, {"type": "hologram", "data": "…"}]
headroom_nb.compress([{"role": "user", "content": content}], model="gpt-4o").warnings
