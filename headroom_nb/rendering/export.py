"""Results as files: the payload, calls, batch lines, the images, reports. Written whole or not at all."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from headroom_nb.errors import OptionError
from headroom_nb.records import CompressionResult, DocumentResult, TextPart, format_path
from headroom_nb.records.documents import DocumentPart
from headroom_nb.rendering import display, figures, json_data, markup, payloads, scripts
from headroom_nb.rendering.secrets_out import without_secrets
from headroom_nb.runtime.files import expanded, refuse_existing, shown, write_file
from headroom_nb.runtime.words import hint

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from headroom_nb.records import BlockPath, ImageResult

REPORT_SUFFIX = ".headroom.json"
"""How the name of a report's file ends; viewers go by it."""

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The same bytes every time."""


@dataclass(frozen=True)
class ExportFormat:
    """One format: the file's name where none is given, what it is, and what writes it.

    ``many`` formats take several results, one line each.
    """

    file: str
    about: str
    write: Callable[[Sequence[CompressionResult]], str | bytes]
    many: bool = False


def _one(write: Callable[[CompressionResult], str | bytes]) -> Callable[[Sequence[CompressionResult]], str | bytes]:
    return lambda results: write(results[0])


def _json(result: CompressionResult) -> str:
    return json_data.to_json(result.messages, indent=1) + "\n"


def _html(result: CompressionResult) -> str:
    return markup.page(display.summary(result), display.to_html(result), "Headroom report")


def _zip(result: CompressionResult) -> bytes:
    """Return an archive with every image and document before (``original/``) and what is sent instead (``sent/``)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        found: list[ImageResult | DocumentResult] = [*result.images, *result.documents]
        for number, each in enumerate(found, 1):
            for name, data in _members(number, each):
                archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data)
        archive.writestr(zipfile.ZipInfo("report.txt", _ZIP_DATE), display.to_text(result) + "\n")
    return buffer.getvalue()


def _members(number: int, found: ImageResult | DocumentResult) -> list[tuple[str, bytes]]:
    place = re.sub(r"[^\w]+", "-", format_path(found.path)).strip("-")
    stem = f"{number:03}-{place}"
    suffix = ".pdf" if isinstance(found, DocumentResult) else _suffix(found.media_type)
    members = []
    original = found.original
    if original:
        members.append((f"original/{stem}{suffix}", original))
    if not found.parts and original:
        members.append((f"sent/{stem}{suffix}", original))
    for index, part in enumerate(found.parts):
        name = f"sent/{stem}{f'-{index + 1}' if len(found.parts) > 1 else ''}"
        if isinstance(part, TextPart):
            members.append((f"{name}.txt", part.text.encode("utf-8", "replace")))
        else:
            members.append((name + (".pdf" if isinstance(part, DocumentPart) else _suffix(part.media_type)), part.data))
    return members


def _suffix(media_type: str | None) -> str:
    kind = (media_type or "").rpartition("/")[2]
    return f".{'jpg' if kind == 'jpeg' else kind}" if kind.isalnum() else ".bin"


FORMATS = {
    "json": ExportFormat("headroom-messages.json", "the messages as JSON", _one(_json)),
    "python": ExportFormat("headroom_request.py", "a script for the provider's Python package", _one(scripts.python)),
    "curl": ExportFormat("headroom-request.sh", "a shell script", _one(scripts.curl)),
    "openai-batch": ExportFormat("headroom-openai-batch.jsonl", "OpenAI batch lines", payloads.openai_batch, many=True),
    "anthropic-batch": ExportFormat(
        "headroom-anthropic-batch.jsonl", "Anthropic batch lines", payloads.anthropic_batch, many=True
    ),
    "gemini-jsonl": ExportFormat("headroom-gemini.jsonl", "Gemini batch lines", payloads.gemini_jsonl, many=True),
    "zip": ExportFormat("headroom-images.zip", "the images and documents before and after", _one(_zip)),
    "md": ExportFormat("headroom-report.md", "a report in Markdown", _one(display.to_markdown)),
    "html": ExportFormat("headroom-report.html", "a report as one HTML page", _one(_html)),
    "report": ExportFormat("report.headroom.json", "a report as JSON, for viewers", _one(display.to_file)),
}


WITHOUT_BODY = frozenset({"zip", "md", "html", "report"})
"""Formats that hold images and figures, and nothing else of the messages."""


@dataclass(frozen=True)
class Written:
    """A file that was written; usable wherever a path is."""

    path: Path
    about: str
    size: int

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        return f"Wrote {self.path}: {self.about}, {figures.data(self.size)}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/plain": str(self)}


def render(
    result: CompressionResult | Sequence[CompressionResult], to: str = "json", *, base_url: str | None = None
) -> str | bytes:
    """Return a result in a format: text, or bytes for ``"zip"``; ``base_url`` as for :func:`export`.

    Raises
    ------
    OptionError
        When there is no such format, or the conversation does not fit it.
    """
    form = FORMATS.get(to) if isinstance(to, str) else None
    if form is None:
        raise OptionError(f"there is no export format {to}{hint(str(to), FORMATS)}; use one of {', '.join(FORMATS)}")
    several = result if isinstance(result, (list, tuple)) else [result]
    results = [entry for entry in several if isinstance(entry, CompressionResult)]
    if not results or len(results) < len(several):
        raise OptionError("only what compress gives can be exported: a result, or a list of results for batch lines")
    if len(results) > 1 and not form.many:
        raise OptionError(f"{to} takes one result, not {len(results)}; batch formats take many")
    if to not in WITHOUT_BODY:
        results = [_clean(entry)[0] for entry in results]
    if base_url is not None:
        if to not in _SCRIPTS:
            raise OptionError(f"base_url= is for {' and '.join(_SCRIPTS)}, not for {to}")
        return {"python": scripts.python, "curl": scripts.curl}[to](results[0], base_url)
    return form.write(results)


def _clean(result: CompressionResult) -> tuple[CompressionResult, list[BlockPath]]:
    """Return a result whose messages hold no keys, headers and passwords, and where they stood."""
    try:
        messages, found = without_secrets(result.messages)
    except RecursionError as error:
        raise OptionError("these messages are nested too deeply to be written") from error
    return (replace(result, messages=messages), found) if found else (result, [])


def _note(result: CompressionResult | Sequence[CompressionResult], to: str) -> str:
    """Return which secrets were left out of a file; empty where there were none."""
    results = [result] if isinstance(result, CompressionResult) else result
    if to in WITHOUT_BODY:
        return ""
    found = dict.fromkeys(format_path(path) for entry in results for path in _clean(entry)[1])
    return f"; secrets left out: {', '.join(found)}" if found else ""


def export(
    result: CompressionResult | Sequence[CompressionResult],
    to: str | None = None,
    path: str | os.PathLike[str] | None = None,
    *,
    force: bool = False,
    base_url: str | None = None,
) -> Written:
    """Write a result to a file; a long request of a script goes to a JSON file beside it.

    Parameters
    ----------
    result
        What ``compress`` gave; for the batch formats also a list of results, one line each.
    to
        ``"json"``, ``"python"``, ``"curl"``, ``"openai-batch"``, ``"anthropic-batch"``, ``"gemini-jsonl"``, ``"zip"``,
        ``"md"``, ``"html"`` or ``"report"``. None goes by how the path ends, such as ``.html``; without such an end the
        messages are written as JSON.
    path
        The file; left out, a name of the format's own in the working directory.
    force
        Whether an existing file may be replaced.
    base_url
        Where a script sends its request; None goes by the model's name and the provider that was named.

    Raises
    ------
    OptionError
        When there is no such format, the conversation does not fit it, or the file exists or cannot be written; also
        when the path ends like several formats or none, and ``to`` does not say which.
    """
    target = None if path is None else expanded(path)
    to = _named_by(target) if to is None else to
    content = render(result, to, base_url=base_url)
    target = target or expanded(FORMATS[to].file)
    if to in _SCRIPTS:
        beside = target.with_suffix(".json")
        content, request = _SCRIPTS[to](_clean(_only(result))[0], beside.name, base_url)
        if request:
            write_file(beside, request, force=force)
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    write_file(target, data, force=force)
    return Written(target, f"{FORMATS[to].about}{_note(result, to)}", len(data))


_SCRIPTS = {"python": scripts.python_with_data, "curl": scripts.curl_with_data}
"""Formats whose long requests go to a file beside them."""


def _only(result: CompressionResult | Sequence[CompressionResult]) -> CompressionResult:
    return result if isinstance(result, CompressionResult) else next(iter(result))


def _named_by(target: Path | None) -> str:
    """Return the format that a file's name stands for; raises OptionError where it stands for none, or for several."""
    if target is None or not target.suffix:
        return "json"
    if target.name.endswith(REPORT_SUFFIX):
        return "report"
    fitting = [to for to, form in FORMATS.items() if form.file.endswith(target.suffix) and to != "report"]
    if len(fitting) != 1:
        endings = ", ".join(dict.fromkeys(Path(form.file).suffix for form in FORMATS.values()))
        what = f"fits {' and '.join(fitting)}" if fitting else f"names no format by its end (those are {endings})"
        raise OptionError(f"{shown(target)} {what}: say which with --to (to=), one of {', '.join(fitting or FORMATS)}")
    return fitting[0]


def check_target(path: str | os.PathLike[str], *, force: bool = False) -> None:
    """Raise what :func:`export` would for a file's name, before the work that it is for.

    Raises
    ------
    OptionError
        When the name stands for no format or for several, or the file exists and is not to be replaced.
    """
    target = expanded(path)
    _named_by(target)
    refuse_existing(target, force=force)


def save_report(result: CompressionResult, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write a result's report and return where; a path without ``.json`` gets ``.headroom.json``.

    Raises
    ------
    OptionError
        When the file exists and is not to be replaced, or cannot be written.
    """
    target = expanded(path)
    if target.suffix != ".json":
        target = target.with_name(f"{target.name}{REPORT_SUFFIX}")
    return export(result, "report", target, force=force).path
