"""Exports go where the request goes: never to OpenAI for another company's model, whole, and without long lines."""

import json
import subprocess
import sys

import pytest

from headroom_nb import compress, user_message
from headroom_nb.errors import OptionError
from headroom_nb.rendering.export import export, render
from headroom_nb.rendering.hosts import host_of
from tests.support import gradient, png

PHOTO = png(gradient(900, 700))

SERVED = {
    "gpt-4o": ("https://api.openai.com/v1", "OPENAI_API_KEY", "gpt-4o"),
    "openai/gpt-4o": ("https://api.openai.com/v1", "OPENAI_API_KEY", "gpt-4o"),
    "openai:gpt-4o": ("https://api.openai.com/v1", "OPENAI_API_KEY", "gpt-4o"),
    "mistral-small-latest": ("https://api.mistral.ai/v1", "MISTRAL_API_KEY", "mistral-small-latest"),
    "mistral/pixtral-12b-2409": ("https://api.mistral.ai/v1", "MISTRAL_API_KEY", "pixtral-12b-2409"),
    "groq/meta-llama/llama-4-scout-17b-16e-instruct": (
        "https://api.groq.com/openai/v1",
        "GROQ_API_KEY",
        "meta-llama/llama-4-scout-17b-16e-instruct",
    ),
    "x-ai/grok-4": ("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", "x-ai/grok-4"),
    "openrouter/anthropic/claude-opus-4.5": (
        "https://openrouter.ai/api/v1",
        "OPENROUTER_API_KEY",
        "anthropic/claude-opus-4.5",
    ),
    "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8": (
        "https://api.together.xyz/v1",
        "TOGETHER_API_KEY",
        "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
    ),
    "azure/my-gpt-4o": ("$AZURE_OPENAI_ENDPOINT/openai/v1", "AZURE_OPENAI_API_KEY", "my-gpt-4o"),
    "llama3.2-vision:11b": ("http://localhost:11434/v1", "", "llama3.2-vision:11b"),
    "ollama/llava": ("http://localhost:11434/v1", "", "llava"),
    "claude-opus-5-5": ("https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", "claude-opus-5-5"),
    "gemini-2.5-flash": (
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "GEMINI_API_KEY",
        "gemini-2.5-flash",
    ),
    "qwen3-vl-plus": ("$LLM_BASE_URL", "LLM_API_KEY", "qwen3-vl-plus"),
    "my-deployment": ("$LLM_BASE_URL", "LLM_API_KEY", "my-deployment"),
}


def chat(model, **more):
    body = {"model": model, "messages": [user_message("Is it sunny?", PHOTO)], **more}
    return compress(body, model="gpt-4o" if "my-" in model else None, router="rules")


@pytest.mark.parametrize("model", SERVED)
def test_a_model_is_served_by_its_own_company_or_by_nobody_named(model):
    url, key, name = SERVED[model]
    host, found = host_of(model)
    assert (host.base_url, host.key, found) == (url, key, name)


@pytest.mark.parametrize("model", SERVED)
def test_scripts_go_there_with_that_key(model):
    url, key, name = SERVED[model]
    result = chat(model)
    script, shell = render(result, "python"), render(result, "curl")
    compile(script, "script", "exec")
    assert f'"model": "{name}"' in shell
    assert (key or "curl") in shell
    if "openai.com" not in url:
        assert "api.openai.com" not in script + shell
        assert "OPENAI_API_KEY" not in (script + shell).replace("AZURE_OPENAI_API_KEY", "")
        assert "base_url=" in script
    if not url.startswith("$"):
        assert f"'{url}/chat/completions'" in shell


def test_an_address_of_one_s_own_is_taken():
    result = chat("mistral-small-latest")
    assert "http://localhost:8000/v1/chat/completions" in render(result, "curl", base_url="http://localhost:8000/v1")
    assert 'os.environ["GROQ_API_KEY"]' in render(result, "python", base_url="https://api.groq.com/openai/v1")
    with pytest.raises(OptionError, match="is not an address"):
        render(result, "python", base_url="'; rm -rf ~")
    with pytest.raises(OptionError, match="base_url= is for python and curl"):
        render(result, "zip", base_url="http://localhost:8000/v1")


CLOUDS = {
    "Claude's id on Bedrock": ("anthropic", "us.anthropic.claude-opus-4-5-20251101-v1:0", None, "AnthropicBedrock()"),
    "Claude named by LiteLLM": (
        "anthropic",
        "bedrock/anthropic.claude-opus-4-5-20251101-v1:0",
        None,
        "AnthropicBedrock()",
    ),
    "Claude, said to be on Bedrock": ("anthropic", "claude-opus-5-5", "bedrock", "AnthropicBedrock()"),
    "Claude's name on Google Cloud": ("anthropic", "claude-opus-4-5@20251101", None, "AnthropicVertex()"),
    "Claude, said to be on Google Cloud": ("anthropic", "claude-opus-5-5", "vertex", "AnthropicVertex()"),
    "Gemini named by LiteLLM": ("google", "vertex_ai/gemini-3-flash-preview", None, "Client(vertexai=True"),
    "Gemini, said to be on Google Cloud": ("google", "gemini-3-flash-preview", "google-vertex", "Client(vertexai=True"),
    "an id of Bedrock in OpenAI's shape": (
        "openai",
        "us.anthropic.claude-opus-4-5-20251101-v1:0",
        None,
        "LLM_BASE_URL",
    ),
    "Gemini of LiteLLM in OpenAI's shape": ("openai", "vertex_ai/gemini-3-flash-preview", None, "LLM_BASE_URL"),
    "a deployment of Azure": ("openai", "azure/gpt-4o", None, "AZURE_OPENAI_ENDPOINT"),
    "said to be on Azure": ("openai", "gpt-4o", "azure", "AZURE_OPENAI_ENDPOINT"),
    "a Responses model on Azure": ("openai_responses", "gpt-4o", "azure", "AZURE_OPENAI_ENDPOINT"),
}
DIRECT = (
    "api.openai.com",
    "api.anthropic.com",
    "generativelanguage",
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "GEMINI_API",
)


@pytest.mark.parametrize(("shape", "model", "provider", "client"), CLOUDS.values(), ids=CLOUDS)
def test_what_a_cloud_serves_never_goes_to_the_company_s_own_api(shape, model, provider, client):
    key = {"google": "contents", "openai_responses": "input"}.get(shape, "messages")
    body = {"model": model, key: [user_message("Is it sunny?", PHOTO, provider=shape)]}
    result = compress(body, provider=provider, router="rules")
    script = render(result, "python")
    compile(script, "script", "exec")
    assert client in script
    assert not any(sign in script.replace("AZURE_OPENAI_API_KEY", "") for sign in DIRECT)
    assert "bedrock/" not in script.partition("request =")[2]
    if "LLM_" in client or "AZURE" in client:
        assert client in render(result, "curl")
    else:
        with pytest.raises(OptionError, match="export --to python"):
            render(result, "curl")


@pytest.mark.parametrize("shape", ["anthropic", "google", "bedrock"])
def test_an_address_of_one_s_own_is_taken_for_every_shape(shape):
    result = compress([user_message("Is it sunny?", PHOTO, provider=shape)], router="rules")
    url = "https://gateway.example/llm"
    script = render(result, "python", base_url=url)
    compile(script, "script", "exec")
    assert f"'{url}'" in script
    if shape != "bedrock":
        shell = render(result, "curl", base_url=url)
        assert f"'{url}/v1" in shell
        assert "anthropic.com" not in shell
        assert "googleapis.com" not in shell


def test_a_stream_is_left_out_with_a_note():
    result = chat("gpt-4o", stream=True, stream_options={"include_usage": True})
    for to in ("python", "curl"):
        text = render(result, to)
        assert '"stream" was left out' in text
        assert "stream_options" not in text
        assert "True" not in text.partition("request = ")[2].partition("client")[0]


@pytest.mark.parametrize("to", ["python", "curl"])
def test_a_long_request_stands_in_a_file_beside_and_no_line_is_long(tmp_path, to):
    result = chat("gpt-4o")
    script = tmp_path / {"python": "ask.py", "curl": "ask.sh"}[to]
    export(result, to, script)
    text = script.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) < 500
    assert json.loads((tmp_path / "ask.json").read_text("utf-8"))["messages"] == result.messages["messages"]
    with pytest.raises(OptionError, match="exists"):
        export(result, to, tmp_path / f"other{script.suffix}") and export(result, to, script)


def test_a_script_shown_in_the_notebook_has_no_long_line_and_the_same_request():
    result = chat("gpt-4o")
    script = render(result, "python")
    assert max(map(len, script.splitlines())) < 500
    namespace = {}
    exec(script.partition("\n\nfrom openai")[0], namespace)
    assert namespace["request"]["messages"] == result.messages["messages"]


def test_a_script_for_bedrock_holds_its_bytes(tmp_path):
    message = user_message("Is it sunny?", PHOTO, provider="bedrock")
    result = compress({"modelId": "us.anthropic.claude-opus-4-7-v1:0", "messages": [message]}, router="rules")
    export(result, "python", tmp_path / "ask.py")
    for text in (render(result, "python"), (tmp_path / "ask.py").read_text("utf-8")):
        namespace = {"__file__": str(tmp_path / "ask.py")}
        exec(text.partition("\n\nimport boto3")[0], namespace)
        (block,) = [block for block in namespace["request"]["messages"][0]["content"] if "image" in block]
        assert isinstance(block["image"]["source"]["bytes"], bytes)


def test_objects_of_the_sdks_in_the_history_are_written_as_data(tmp_path):
    anthropic = pytest.importorskip("anthropic.types")
    openai = pytest.importorskip("openai.types.chat")
    reply = openai.ChatCompletionMessage(role="assistant", content="Yes.")
    history = [user_message("Is it sunny?", PHOTO), reply, {"role": "user", "content": "And warm?"}]
    script = render(compress({"model": "gpt-4o", "messages": history}, router="rules"), "python")
    assert "ChatCompletionMessage" not in script
    assert "'content': 'Yes.'" in script
    turn = {"role": "assistant", "content": [anthropic.TextBlock(type="text", text="Yes.")]}
    history = [user_message("Is it sunny?", PHOTO, provider="anthropic"), turn]
    script = render(compress({"model": "claude-opus-5-5", "messages": history}, router="rules"), "python")
    assert "TextBlock" not in script
    assert "{'type': 'text', 'text': 'Yes.'}" in script or "{'text': 'Yes.', 'type': 'text'}" in script


def test_what_google_s_sdk_takes_becomes_rest_contents():
    types = pytest.importorskip("google.genai.types")
    part = types.Part.from_bytes(data=PHOTO, mime_type="image/png")
    config = types.GenerateContentConfig(
        temperature=0.5, system_instruction="Be brief.", http_options={"api_version": "v1beta"}
    )
    for contents in (
        [part, "Is it sunny?"],
        [gradient(900, 700), "Is it sunny?"],
        types.Content(role="user", parts=[part, types.Part(text="Is it sunny?")]),
    ):
        result = compress(
            {"model": "gemini-2.5-flash", "contents": contents, "config": config}, router="rules", quality="safe"
        )
        body = json.loads(render(result, "gemini-jsonl"))["request"]
        (content,) = body["contents"]
        assert content["role"] == "user"
        assert content["parts"][-1] == {"text": "Is it sunny?"}
        assert any("inlineData" in each or "inline_data" in each for each in content["parts"])
        assert body["generationConfig"] == {"temperature": 0.5}
        assert {"parts": [{"text": "Be brief."}]} in (body.get("systemInstruction"), body.get("system_instruction"))
        assert "http" not in str(body.keys())


@pytest.mark.slow
def test_a_script_with_its_data_beside_runs_from_anywhere(tmp_path):
    export(chat("gpt-4o"), "python", tmp_path / "ask.py")
    code = (tmp_path / "ask.py").read_text("utf-8").partition("from openai")[0]
    (tmp_path / "ask.py").write_text(f"{code}\nprint(len(request['messages']))", "utf-8")
    done = subprocess.run(
        [sys.executable, str(tmp_path / "ask.py")], capture_output=True, text=True, cwd="/", check=True
    )
    assert done.stdout == "1\n"
