"""What is installed, what is in use and why, and what would fix what is missing."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from headroom_nb._version import __version__
from headroom_nb.errors import HeadroomError
from headroom_nb.rendering import figures, plain
from headroom_nb.rendering.tables import Column, Table
from headroom_nb.runtime.models import held

if TYPE_CHECKING:
    from headroom_nb.notebook.call import Call

PACKAGES = (
    ("pillow", "reads and writes images", True),
    ("numpy", "measures images", True),
    ("onnxruntime", "runs the router and the OCR models", True),
    ("tokenizers", "reads questions for the router", True),
    ("rapidocr", "OCR", True),
    ("openvino", 'the "rapidocr-openvino" OCR engine', False),
    ("ipython", "the magics", True),
    ("jupyterlab", "the notebook application", False),
    ("anywidget", "widgets", False),
    ("matplotlib", "plots", False),
    ("torch", 'the "torch" router', False),
    ("transformers", 'the "torch" router', False),
    ("distributed", "batches on Dask", False),
)
"""Distribution, what it is for, and whether the magics need it."""


def doctor(call: Call) -> Table:
    """Report versions, what is in use and why, and what is missing."""
    rows = [
        ("headroom-nb", __version__, "this package"),
        ("Python", platform.python_version(), sys.executable),
        *(_package(*entry) for entry in PACKAGES),
        _router(call.options.router),
        _ocr(call.options.ocr),
        _scripts(),
        _hub(),
        _cache(str(call.options.cache)),
        _memory(),
        *(
            (f"setting {name}", found.value or "–", found.source)
            for name, found in call.settings.items()
            if found.source != "default"
        ),
        ("other settings", "as shipped", "%headroom config lists them"),
    ]
    problems = tuple(f"{name}: {about}" for name, state, about in rows if state == "missing")
    return Table(
        headline="All that is needed is there" if not problems else "Something is missing",
        columns=(Column("Part"), Column("State"), Column("About", most=90)),
        rows=tuple(rows),
        caption="Versions, models and settings in use",
        warnings=problems,
    )


def _package(name: str, purpose: str, needed: bool) -> tuple[str, str, str]:  # noqa: FBT001 - a row of the table above
    try:
        return name, version(name), purpose
    except PackageNotFoundError:
        fix = f"{purpose}; get it with: {sys.executable} -m pip install {name}"
        return name, "missing" if needed else "not installed", fix


def _router(name: str) -> tuple[str, str, str]:
    from headroom_nb.routing import load_router

    try:
        router = load_router(name)
    except HeadroomError as error:
        return "router", "missing", plain.one_line(error)
    return "router", router.name, router.note


def _ocr(name: str) -> tuple[str, str, str]:
    from headroom_nb.ocr import get_ocr

    if find_spec("rapidocr") is None and find_spec("rapidocr_onnxruntime") is None:
        return "OCR engine", "missing", f"get it with: {sys.executable} -m pip install rapidocr"
    try:
        engine = get_ocr(name)
    except HeadroomError as error:
        return "OCR engine", "missing", plain.one_line(error)
    return "OCR engine", engine.name, "one engine per process, its readings are remembered"


def _scripts() -> tuple[str, str, str]:
    """Return which scripts can be read beside those of the default engine, and what reads the others."""
    from headroom_nb.ocr.available import how_to_read, readers_of_scripts
    from headroom_nb.ocr.scripts import SCRIPTS

    try:
        found = readers_of_scripts()
    except HeadroomError as error:
        return "OCR, other scripts", "missing", plain.one_line(error)
    read = ", ".join(script.name for script in found) or "none"
    missing = [script for script in SCRIPTS if script not in found]
    return "OCR, other scripts", read, how_to_read(missing) if missing else ", ".join(dict.fromkeys(found.values()))


def _cache(name: str) -> tuple[str, str, str]:
    """Return where results are remembered, and what is there; nothing is made for this."""
    from headroom_nb.caching import disk_info

    info = disk_info(name)
    if info is None:
        kept = {"memory": "results are remembered in this process", "off": "nothing is remembered"}[name]
        return "cache", name, f"{kept}; cache=disk remembers them for other processes too"
    held = f"{info.entries:,} entries, {info.bytes / 1e6:,.1f} of {info.max_bytes / 1e6:,.0f} MB in {info.folder}"
    return "cache", "off" if info.off else "disk", "; ".join([held, *info.notes])


def _memory() -> tuple[str, str, str]:
    """Return what models are loaded in this process, which the rows above have asked for in part."""
    models = held()
    listed = ", ".join(f"{one.name} {figures.data(one.bytes)}" for one in models)
    state = f"{figures.data(sum(one.bytes for one in models))} of models"
    return (
        "memory",
        state,
        f"{listed or 'nothing is loaded yet'}; headroom_nb.release() lets them go",
    )


def _hub() -> tuple[str, str, str]:
    """Return whether model files may be fetched, and where they are kept; nothing is fetched for this."""
    from headroom_nb.runtime.files import cache_folder
    from headroom_nb.runtime.hub import MODELS_FOLDER, offline

    state = "never asked" if offline() else "asked only by the onnx and torch routers"
    return "model hub", state, f"files are kept in {cache_folder()}; {MODELS_FOLDER} names a folder of your own"
