"""Scripts that send a request: Python with the provider's package, and a shell script with curl."""

from __future__ import annotations

import base64
import math
import pprint
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from headroom_nb.errors import OptionError
from headroom_nb.rendering.hosts import client_lines
from headroom_nb.rendering.json_data import to_json
from headroom_nb.rendering.payloads import request_of

if TYPE_CHECKING:
    from headroom_nb.records import CompressionResult
    from headroom_nb.rendering.payloads import Request

LONG = 20_000
"""Characters of a request from which it is written to a file of its own."""

_WIDTH = 100
"""Characters of a line of base64 in a script."""


class _Chunked(str):
    """A long text that is written over many lines of a script."""

    __slots__ = ()

    def __repr__(self) -> str:
        parts = [repr(str(self)[start : start + _WIDTH]) for start in range(0, len(self), _WIDTH)]
        return "(\n" + "\n".join(parts) + "\n)"


class _ChunkedBytes(bytes):
    """The bytes of an image that are written over many lines of a script."""

    __slots__ = ()

    def __repr__(self) -> str:
        text = base64.b64encode(self).decode("ascii")
        return f"base64.b64decode({_Chunked(text)!r})"


def _chunked(value: Any) -> Any:
    """Return a body whose long texts are written over many lines."""
    if isinstance(value, str):
        return _Chunked(value) if len(value) > _WIDTH and " " not in value[:_WIDTH] else value
    if isinstance(value, bytes):
        return _ChunkedBytes(value)
    if isinstance(value, dict):
        return {key: _chunked(entry) for key, entry in value.items()}
    return [_chunked(entry) for entry in value] if isinstance(value, list) else value


def _check_finite(value: Any) -> None:
    """Raise OptionError for a number that neither JSON nor a script can write."""
    if isinstance(value, float) and not math.isfinite(value):
        raise OptionError(f"these messages hold {value}, which no request can carry")
    if isinstance(value, (dict, list)):
        for entry in value.values() if isinstance(value, dict) else value:
            _check_finite(entry)


def python(result: CompressionResult, base_url: str | None = None) -> str:
    """Return a script that sends the conversation with the provider's own package."""
    request = request_of(result, base_url)
    try:
        _check_finite(request.body)
        literal = pprint.pformat(_chunked(_with_model(request)), width=120, sort_dicts=False)
    except RecursionError as error:
        raise OptionError("these messages are nested too deeply to be written as a script") from error
    imports = "import base64\n\n" if "base64.b64decode(" in literal else ""
    return _script(request, f"{imports}request = {literal}")


def python_with_data(result: CompressionResult, file: str, base_url: str | None = None) -> tuple[str, bytes]:
    """Return a script, and the JSON of the request that it reads from a file beside it; no JSON where that is short.

    Parameters
    ----------
    result, base_url
        As for :func:`request_of`.
    file
        Name of the file with the request.
    """
    request = request_of(result, base_url)
    data = to_json(_with_model(request))
    if len(data) <= LONG:
        return python(result, base_url), b""
    read = f'json.loads(Path(__file__).with_name("{file}").read_text(encoding="utf-8"))'
    lines = f"import json\nfrom pathlib import Path\n\nrequest = {read}"
    if request.api.name == "Bedrock Converse":
        lines = f"import base64\n{lines}{_DECODE}"
    return _script(request, lines), data.encode()


_DECODE = """
for message in request["messages"]:
    for block in message["content"]:
        if "image" in block and "bytes" in block["image"]["source"]:
            source = block["image"]["source"]
            source["bytes"] = base64.b64decode(source["bytes"])"""
"""Bedrock's SDK takes raw bytes, which JSON has none of."""


def _with_model(request: Request) -> dict[str, Any]:
    return request.body if request.api.model_key else {"model": request.model, **request.body}


def _script(request: Request, lines: str) -> str:
    notes = "".join(f"# {note}\n" for note in request.notes)
    client = "" if request.host is None else client_lines(request.host)
    return (
        f'"""Sends the compressed conversation to {request.name}; needs: pip install {request.api.package}."""\n\n'
        f"{lines}\n\n{notes}{client}{request.api.python}"
    )


def curl(result: CompressionResult, base_url: str | None = None) -> str:
    """Return a shell script that sends the conversation; the key comes from the environment."""
    request = request_of(result, base_url)
    return _shell(request, f"--data-binary @- <<'HEADROOM_REQUEST'\n{to_json(request.body)}\nHEADROOM_REQUEST")


def curl_with_data(result: CompressionResult, file: str, base_url: str | None = None) -> tuple[str, bytes]:
    """Return a shell script, and the JSON that it reads from a file beside it; no JSON where that is short."""
    request = request_of(result, base_url)
    data = to_json(request.body)
    if len(data) <= LONG:
        return curl(result, base_url), b""
    return _shell(request, f'--data-binary @"$(dirname "$0")/{file}"'), data.encode()


def _shell(request: Request, data: str) -> str:
    if not request.api.url:
        raise OptionError(f"{request.api.name} signs its requests, which curl alone does not: export --to python")
    headers: tuple[str, ...] = request.api.headers
    if request.host is not None and request.host.key:
        headers = (f"Authorization: Bearer ${request.host.key}",)
    written = "".join(f' \\\n  -H "{header}"' for header in ("Content-Type: application/json", *headers))
    model = quote(request.model.removeprefix("models/"), safe="")
    url = f"'{request.api.url.format(model=model)}'"
    if request.host is not None:
        url = (
            f'"{request.host.base_url}{request.api.url}"'
            if "$" in request.host.base_url
            else (f"'{request.host.base_url}{request.api.url}'")
        )
    notes = "".join(f"# {note}\n" for note in request.notes)
    return f"{notes}curl {url}{written} \\\n  {data}\n"
