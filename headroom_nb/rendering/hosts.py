"""Whom a request of OpenAI's shape goes to: never to OpenAI for another company's model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from headroom_nb.costs import find_model
from headroom_nb.costs.names import cloud_of
from headroom_nb.errors import OptionError, UnknownModelError


@dataclass(frozen=True)
class Host:
    """A service that takes requests of OpenAI's shape.

    Attributes
    ----------
    name
        As a person calls it.
    base_url
        Where its endpoints stand; ``$NAME`` in it is a variable of the environment.
    key
        Environment variable of its key; empty where it takes any.
    """

    name: str
    base_url: str
    key: str


HOSTS = {
    "openai": Host("OpenAI", "https://api.openai.com/v1", "OPENAI_API_KEY"),
    "anthropic": Host("Anthropic", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"),
    "google": Host("Google", "https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    "mistral": Host("Mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "groq": Host("Groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "openrouter": Host("OpenRouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "together": Host("Together", "https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    "xai": Host("xAI", "https://api.x.ai/v1", "XAI_API_KEY"),
    "deepseek": Host("DeepSeek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
    "moonshot": Host("Moonshot", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"),
    "cohere": Host("Cohere", "https://api.cohere.ai/compatibility/v1", "COHERE_API_KEY"),
    "azure": Host("Azure OpenAI", "$AZURE_OPENAI_ENDPOINT/openai/v1", "AZURE_OPENAI_API_KEY"),
    "ollama": Host("Ollama", "http://localhost:11434/v1", ""),
}
"""By the model table's provider or a gateway's name."""

UNKNOWN = Host("the service at $LLM_BASE_URL", "$LLM_BASE_URL", "LLM_API_KEY")
"""Where a model's name does not say who serves it: the environment has to."""

_GATEWAYS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "gemini": "google",
    "google-gla": "google",
    "mistral": "mistral",
    "groq": "groq",
    "openrouter": "openrouter",
    "together": "together",
    "together_ai": "together",
    "azure": "azure",
    "ollama": "ollama",
    "ollama_chat": "ollama",
    "xai": "xai",
    "deepseek": "deepseek",
    "moonshot": "moonshot",
    "cohere": "cohere",
    "cohere_chat": "cohere",
}
"""Prefixes by which gateways and frameworks name a host; they are no part of the name that it takes."""

_OPENROUTER = re.compile(r"(?:x-ai|mistralai|anthropic|google|openai|qwen|moonshotai|deepseek)/[a-z0-9.:-]+")
_TOGETHER = re.compile(r"[\w-]+/[\w.-]*[A-Z][\w.-]*")
_GROQ = re.compile(r"meta-llama/[a-z0-9.-]+-instruct")
_OLLAMA = re.compile(r"[a-z0-9._-]+:(?:latest|[a-z0-9.]*\d+b[\w.-]*)")
_SHAPES = ((_GROQ, "groq"), (_OPENROUTER, "openrouter"), (_TOGETHER, "together"), (_OLLAMA, "ollama"))
"""How a host writes the names of models that it serves for others."""


def host_of(model: str) -> tuple[Host, str]:
    """Return who serves a model, and the name that it has there.

    Parameters
    ----------
    model
        A name as a request, a gateway or a framework writes it.
    """
    prefix, slash, rest = model.partition("/")
    if not slash:
        prefix, slash, rest = model.partition(":")
    if slash and prefix.lower() in _GATEWAYS and (prefix.lower() not in ("openai", "google") or "/" not in rest):
        return HOSTS[_GATEWAYS[prefix.lower()]], rest
    if cloud_of(model) is not None:
        return UNKNOWN, model  # a cloud has endpoints of its own for OpenAI's shape, by region and project
    for pattern, name in _SHAPES:
        if pattern.fullmatch(model):
            return HOSTS[name], model
    try:
        spec = find_model(model)
    except UnknownModelError:
        return UNKNOWN, model
    return HOSTS.get(spec.provider, UNKNOWN), model


def host_at(base_url: str) -> Host:
    """Return the host at an address; raises OptionError for what is none."""
    if not re.fullmatch(r"https?://[^\s'\"$`\\{}]+", base_url):
        raise OptionError(f"base_url={base_url!r} is not an address; write it as in https://api.mistral.ai/v1")
    known = next((host for host in HOSTS.values() if base_url.startswith(host.base_url.partition("/v1")[0])), None)
    return Host(known.name if known else base_url, base_url.rstrip("/"), known.key if known else "LLM_API_KEY")


def client_lines(host: Host) -> str:
    """Return the lines of Python that make OpenAI's client for a host."""
    if host is HOSTS["openai"]:
        return "from openai import OpenAI\n\nclient = OpenAI()  # reads OPENAI_API_KEY\n"
    key = f'os.environ["{host.key}"]' if host.key else '"none"'
    variable = re.match(r"\$(\w+)", host.base_url)
    url = f'"{host.base_url}"'
    if variable:
        rest = host.base_url[variable.end() :]
        url = f'os.environ["{variable[1]}"]' + (f' + "{rest}"' if rest else "")
    imports = "import os\n\n" if "os." in key + url else ""
    return f"{imports}from openai import OpenAI\n\nclient = OpenAI(base_url={url}, api_key={key})\n"
