"""What is on disk while a batch runs, so that a killed one goes on where it stopped.

Beside the sink ``OUT`` stand::

    .OUT.parts/plan.json        what the run is: source, options, versions, as one fingerprint
    .OUT.parts/00000007.data    what part 7 became
    .OUT.parts/00000007.json    its results; the part counts as done once this is there
    OUT.report.jsonl            one line per item, when all is done
    OUT.summary.json            the sums, with size and digest of each file; the parts are gone then

Every file appears whole or not at all, and a part that is done twice gives the same bytes. A part's results hold the
hash of its data, which is checked when the parts are put together.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from headroom_nb.batch.identity import differences, facts_of, fingerprint
from headroom_nb.batch.part_files import full_digest, record_of
from headroom_nb.batch.paths import parent_and_name, whole_path
from headroom_nb.batch.sources import SHAPES, cut, read_source, suffix
from headroom_nb.batch.store import DRAFT
from headroom_nb.errors import BatchError
from headroom_nb.runtime.json_text import read_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headroom_nb.batch.records import Part, PartRecord
    from headroom_nb.batch.sources import Source
    from headroom_nb.batch.store import Store
    from headroom_nb.batch.worker import BatchCompressor


PLAN = "plan.json"
REPORT, SUMMARY = ".report.jsonl", ".summary.json"

LONGEST_NAME = 255
"""Bytes of a file's name on every system in use."""

_OURS = re.compile(rf"plan\.json|[0-9]{{8,}}\.(at|data|json)|{DRAFT.pattern}")
"""Names in a folder of parts that a batch may remove."""


@dataclass(frozen=True)
class Job:
    """A batch: what there is to do, where it goes, and who does it.

    Attributes
    ----------
    source
        What there is to do.
    sink
        Where it goes.
    parts
        The units of work, in order.
    compressor
        Does a part.
    facts
        What decides the output, by name.
    overwrite
        Whether what stands at the sink may be replaced.
    """

    source: Source
    sink: str
    parts: tuple[Part, ...]
    compressor: BatchCompressor
    facts: Mapping[str, Any]
    overwrite: bool = False

    @cached_property
    def fingerprint(self) -> str:
        """Stands for source, options and versions."""
        return fingerprint(self.facts)

    @property
    def work(self) -> str:
        """The folder of the parts."""
        return _work(self.sink)

    @property
    def report(self) -> str:
        """The file with one line per item."""
        return f"{self.sink}{REPORT}"

    @property
    def summary(self) -> str:
        """The file with the sums."""
        return f"{self.sink}{SUMMARY}"

    @property
    def own_summary(self) -> bool:
        """Whether the sums that stand at the sink are those of this very batch."""
        try:
            content = read_json(self.sink_store.read(self.summary))
        except (OSError, ValueError):
            return False
        return isinstance(content, dict) and content.get("fingerprint") == self.fingerprint

    @property
    def sink_store(self) -> Store:
        """Where the sink is kept."""
        return self.compressor.store(self.sink)

    def done(self) -> Iterator[PartRecord]:
        """Yield the records of the parts that are done, in order; what is damaged does not count."""
        store = self.sink_store
        listed = {found.name: found for found in _listed(store, self.work)}
        for part in self.parts:
            name = f"{part.number:08}"
            if f"{name}.json" not in listed or f"{name}.data" not in listed:
                continue
            record = record_of(store, part)
            if record is not None and record.size == listed[f"{name}.data"].size:
                yield record

    def todo(self) -> list[Part]:
        """Return the parts that are not done."""
        done = {record.number for record in self.done()}
        return [part for part in self.parts if part.number not in done]


def begin(
    source: str | os.PathLike[str],
    sink: str | os.PathLike[str],
    compressor: BatchCompressor,
    *,
    overwrite: bool = False,
) -> Job:
    """Begin a batch, or take up one that was stopped.

    Parameters
    ----------
    source, sink
        Paths or URLs; see :func:`~headroom_nb.batch.compress_batch`.
    compressor
        Does the parts.
    overwrite
        Whether what stands at the sink may be replaced, and another unfinished run dropped.

    Raises
    ------
    BatchError
        There is nothing to read, something stands at the sink already, or another run was begun there.
    """
    from_path, to_path = whole_path(source), whole_path(sink)
    _check_name(to_path)
    from_store = compressor.store(from_path)
    try:
        found = read_source(from_store, from_path, compressor.column)
        parts = tuple(cut(from_store, found, _work(to_path)))
    except OSError as error:
        raise BatchError(f"{from_path} cannot be read: {error}") from error
    job = Job(found, to_path, parts, compressor, facts_of(found, compressor))
    _check_apart(job, from_store.real(from_path))
    try:
        return _prepared(job, overwrite=overwrite)
    except OSError as error:
        raise BatchError(f"{to_path} cannot be written: {error}") from error


def _prepared(job: Job, *, overwrite: bool) -> Job:
    """Return the job when it may be done: what was begun before is its own, and nothing else stands in its way."""
    to_store, to_path, work = job.sink_store, job.sink, job.work
    _check_kind(job)
    _check_work(to_store, work)
    plan = _plan(to_store, f"{work}/{PLAN}")
    if plan is not None and plan.get("fingerprint") == job.fingerprint:
        return replace(job, overwrite=overwrite or plan.get("overwrite") is True)
    cut_short = False
    if not overwrite:
        if finished(job) is not None:
            return job
        # A file of this very batch is missing or shorter: made again, and replaced where it begins like the new one.
        cut_short = job.own_summary
    if not overwrite and not cut_short:
        if plan is not None:
            raise BatchError(
                f"another run was begun for {to_path}, which differs in {differences(plan['facts'], job.facts)}. Make "
                "that as it was to go on with it, or drop what it has done with overwrite=True (--overwrite)"
            )
        if to_store.stands_there(to_path) or _listed(to_store, to_path):
            raise BatchError(f"{to_path} exists; name another sink, or replace it with overwrite=True (--overwrite)")
        _check_own(job)
    job = replace(job, overwrite=overwrite)
    clear(to_store, work)
    to_store.remove(job.summary)
    to_store.make_folder(work)
    to_store.write(f"{work}/{PLAN}", json.dumps(_description(job), indent=1).encode())
    return job


@contextmanager
def locked(sink: str | os.PathLike[str], compressor: BatchCompressor) -> Iterator[None]:
    """Keep other processes of this machine from the same sink; a killed one holds nothing; BatchError if held."""
    path = whole_path(sink)
    with compressor.store(path).locked(f"{_work(path)}.lock") as free:
        if not free:
            raise BatchError(f"another process is writing {path} right now; wait for it, or name another sink")
        yield


def finished(job: Job) -> dict[str, Any] | None:
    """Return the sums of this very batch when it was finished before; None when not, or a file is missing or cut.

    Raises
    ------
    BatchError
        A file was changed since, perhaps by its owner: it is not replaced unasked.
    """
    store = job.sink_store
    try:
        content = read_json(store.read(job.summary))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or content.get("fingerprint") != job.fingerprint:
        return None
    files = content.get("files")
    for path, (size, digest) in files.items() if isinstance(files, dict) else ():
        found = store.look(path)
        if found is None or found.size < size:
            return None
        if found.size != size or full_digest(store, found) != digest:
            raise BatchError(
                f"{path} was changed since this batch wrote it; name another sink, or write it anew with "
                "overwrite=True (--overwrite)"
            )
    return content


def clear(store: Store, work: str) -> None:
    """Remove a folder of parts: the plan last, so that what is left after a kill is still known for what it is."""
    _check_work(store, work)
    names = [found.name for found in _listed(store, work)]
    ours = [name for name in names if _OURS.fullmatch(name)]
    for name in sorted(ours, key=lambda name: name == PLAN):
        store.remove(f"{work}/{name}")
    if len(ours) == len(names) and store.is_folder(work):
        with suppress(OSError):  # a worker that was given up may begin a file there at this moment
            store.remove(work)


def _check_work(store: Store, work: str) -> None:
    """Raise BatchError where the folder of parts is a link, or holds other files and no plan."""
    if store.is_link(work):
        raise BatchError(f"{work} is a link, and parts are kept in a folder of their own; remove it")
    names = {found.name for found in _listed(store, work)}
    if PLAN not in names and not all(DRAFT.fullmatch(name) for name in names):
        raise BatchError(f"{work} holds files that are not of a batch; move it away, or name another sink")


def _check_own(job: Job) -> None:
    """Raise BatchError where the report or the sums of this batch would replace a file that is not of a batch."""
    store = job.sink_store
    try:
        content = read_json(store.read(job.summary))
    except (OSError, ValueError):
        content = None
    if isinstance(content, dict) and {"fingerprint", "summary"} <= set(content):
        report, files = store.look(job.report), content.get("files")
        written = files.get(job.report) if isinstance(files, dict) else None
        if report is None or written == [report.size, full_digest(store, report)]:
            store.remove(job.report)  # of an earlier batch
            return
    for path in (job.summary, job.report):
        if store.look(path) or store.is_link(path):
            raise BatchError(
                f"{path} is not of a batch, and this one would replace it; move it away, name another sink, or replace "
                "it with overwrite=True (--overwrite)"
            )


def _listed(store: Store, folder: str) -> list[Any]:
    return store.find(folder)[0] if store.is_folder(folder) else []


def _plan(store: Store, path: str) -> dict[str, Any] | None:
    """Return what the plan in a folder of parts says; None without one."""
    try:
        content = read_json(store.read(path))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and isinstance(content.get("facts"), dict) else {"facts": {}}


def _work(sink: str) -> str:
    parent, name = parent_and_name(sink)
    return f"{parent}/.{name}.parts"


def _check_apart(job: Job, source: str) -> None:
    """Raise BatchError where something that is written is the source (its real path), or one stands in the other."""
    for path in (job.sink, job.report, job.summary, job.work):
        place = job.sink_store.real(path)
        if source == place or place.startswith(f"{source}/") or source.startswith(f"{place}/"):
            beside = "" if path == job.sink else f", and so must {path}, which is written beside it"
            raise BatchError(f"the sink {job.sink} must stand outside of the source {job.source.path}{beside}")


def _check_name(sink: str) -> None:
    """Raise BatchError for a sink whose name leaves no room for those of the files beside it."""
    parent, name = parent_and_name(sink)
    longest = max(
        (f"{name}{REPORT}", f"{name}{SUMMARY}", f".{name}.parts.lock"), key=lambda each: len(os.fsencode(each))
    )
    if "://" not in sink and len(os.fsencode(longest)) > LONGEST_NAME:
        raise BatchError(
            f"the sink's name {name[:40]}… is too long: {longest[:20]}…{longest[-13:]} must stand beside it in "
            f"{parent}, and a name has at most {LONGEST_NAME} bytes"
        )


def _check_kind(job: Job) -> None:
    """Raise BatchError where the sink is, or is named as, something else than the source."""
    store, sink = job.sink_store, job.sink
    if job.source.folder:
        if store.look(sink) is not None:
            raise BatchError(f"{sink} is a file, and a folder becomes a folder; name another sink")
        return
    if store.is_folder(sink):
        raise BatchError(f"{sink} is a folder, and a file becomes a file; name a file in it")
    end, wanted = suffix(sink), suffix(job.source.path)
    if end in SHAPES and SHAPES[end] != SHAPES[wanted]:
        raise BatchError(f"{sink} ends in {end}, and a {wanted} file becomes a {wanted} file; name another sink")


def _description(job: Job) -> dict[str, Any]:
    return {
        "fingerprint": job.fingerprint,
        "facts": job.facts,
        "source": job.source.path,
        "sink": job.sink,
        "parts": len(job.parts),
        "overwrite": job.overwrite,
    }
