"""Spellings of model names: prefixes of hosts and routers, dates, versions, fine-tunes."""

from __future__ import annotations

import re

_HOST = re.compile(
    r"^(?:(?:us|eu|apac|jp|au|ca|global)\.)?(?:anthropic|amazon|meta|mistral|qwen|deepseek|moonshotai)\."
)
_SUFFIX = re.compile(
    r"(?:-v\d+(?::\d+)*|:\d+|@[\w-]+|-\d{4}-\d{2}-\d{2}|-20\d{6}|-\d{2}-20\d{2}|-2[3-9][01]\d|-preview-\d{2}-\d{2,4}|-00\d|"
    r"-latest|-exp|-preview|-instruct|-thinking|-it|-a?\d+b|-\d+e|-fp8|-int8|-awq|-basic|-turbo|\[\w+\]|:[\w.-]+|"
    r"\s*\(.*\))$"
)
LONGEST_NAME = 256
"""Characters of a name in which dates and versions are looked for; a longer one is nobody's."""
_PROVIDER = re.compile(
    r"^(?:openai(?:-chat|-responses)?|azure(?:_openai)?|anthropic|google(?:[-_][a-z]+)*|gemini|vertex(?:[-_]ai)?|"
    r"bedrock(?:_converse)?|mistral(?:ai)?|cohere|groq|together(?:_ai)?|openrouter|fireworks(?:_ai)?|xai|deepseek|"
    r"ollama(?:_chat)?|huggingface|hf|nebius|litellm|gateway):(?=\D)"
)
"""What pydantic-ai, LangChain and others write before a model's name."""
_CLOUD_PREFIXES = {"bedrock/": "bedrock", "bedrock_converse/": "bedrock", "vertex_ai/": "vertex", "vertex/": "vertex"}

_SAME_PROVIDER = {
    "azure": "openai",
    "azure-openai": "openai",
    "openai-responses": "openai",
    "claude": "anthropic",
    "gemini": "google",
    "genai": "google",
    "google-genai": "google",
    "google-ai": "google",
    "google-gla": "google",
    "aws": "bedrock",
    "aws-bedrock": "bedrock",
    "bedrock-converse": "bedrock",
    "vertexai": "vertex",
    "vertex-ai": "vertex",
    "google-vertex": "vertex",
    "nova": "amazon",
    "mistralai": "mistral",
    "alibaba": "qwen",
    "dashscope": "qwen",
    "togetherai": "together",
    "together-ai": "together",
    "x-ai": "xai",
    "grok": "xai",
    "moonshotai": "moonshot",
    "kimi": "moonshot",
}
"""Other names of providers that people use."""


def patterns() -> dict[str, str]:
    """Return the patterns by which :func:`spellings` shortens a name; the front end shortens by the same."""
    return {"host": _HOST.pattern, "suffix": _SUFFIX.pattern, "provider": _PROVIDER.pattern}


def provider_name(name: str) -> str:
    """Return the table's name of a provider or cloud; a name that is not known comes back in lower case."""
    lowered = name.strip().lower()
    return _SAME_PROVIDER.get(lowered.replace("_", "-"), lowered)


def normal(name: str) -> str:
    """Return the name in lower case, with Claude's version dots as dashes."""
    lowered = name.strip().lower()
    return lowered.replace(".", "-") if lowered.rsplit("/", 1)[-1].startswith("claude") else lowered


def spellings(model: str) -> list[str]:
    """Return the name as it stands, then without host prefixes, then with dates and versions taken off one by one."""
    spelling = _PROVIDER.sub("", normal(model).rsplit("/", 1)[-1].strip()[:LONGEST_NAME])
    found = [normal(model), spelling]
    if spelling.startswith("ft:"):
        spelling = spelling.split(":")[1]
        found.append(spelling)
    spelling = _HOST.sub("", spelling)
    found.append(spelling)
    while (shorter := _SUFFIX.sub("", spelling)) != spelling:
        spelling = shorter
        found.append(spelling)
    return found


def cloud_of(model: str) -> str | None:
    """Return the cloud that a name is written for (a Bedrock id, a Google Cloud version), or None."""
    name = model.strip().lower()
    if name.startswith(("arn:aws", "bedrock:")):
        return "bedrock"
    for prefix, cloud in _CLOUD_PREFIXES.items():
        if name.startswith(prefix):
            return cloud
    if _HOST.match(name):
        return "bedrock"
    return "vertex" if "@" in name or name.startswith("google-vertex:") else None
