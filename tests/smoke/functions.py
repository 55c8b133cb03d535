"""Every public name, used once in an environment that holds the package and what it depends on.

Run by ``tests/smoke/run.py`` with the interpreter of that environment; needs nothing else installed.
"""

from __future__ import annotations

import json
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import headroom_nb
from headroom_nb import demo

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGES = demo.messages("openai")
CHART = demo.picture("chart.png")
FOLDER = Path(tempfile.mkdtemp())


def compressed() -> Any:
    result = headroom_nb.compress(MESSAGES, model="gpt-4o")
    assert [image.error for image in result.images] == [None] * len(demo.TURNS) + [None]
    assert {image.decision.router for image in result.images} == {"embedded"}, "the packaged weights were not used"
    offered = [form for image in result.images for form in image.forms]
    assert any(form.technique == "transcode" for form in offered), "no text was read"
    assert result.compressed_tokens < result.original_tokens
    return result


def exported() -> Any:
    written = headroom_nb.export(compressed(), "html", FOLDER / "report.html")
    assert "<table" in (FOLDER / "report.html").read_text("utf-8")
    return written


def listed_models() -> Any:
    file = FOLDER / "models.toml"
    file.write_text('[[models]]\nname = "smoke-vision"\nlike = "gpt-4o"\nprice = 2.0\n', "utf-8")
    (spec,) = headroom_nb.load_models(file)
    return spec.usd_per_million_tokens == 2


def batched() -> Any:
    """Compress a file of two conversations; returns the sums, which account for both."""
    lines = [json.dumps({"custom_id": name, "body": {"model": "gpt-4o", "messages": MESSAGES[:2]}}) for name in "ab"]
    source, sink = FOLDER / "in.jsonl", FOLDER / "out.jsonl"
    source.write_text("\n".join(lines) + "\n", "utf-8")
    summary = headroom_nb.compress_batch(source, sink, overwrite=True, progress=False)
    assert len(sink.read_text("utf-8").splitlines()) == len(lines)
    return summary


def billed() -> Any:
    output = {"output_type": "display_data", "metadata": {}, "data": {"image/png": _base64(CHART)}}
    cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": [output]}
    file = FOLDER / "smoke.ipynb"
    file.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}), "utf-8")
    return len(headroom_nb.bill(file).lines) == 1


def refused(function: Callable[[], object]) -> bool:
    """Whether it raises an error of ours; without an SDK there is no client that these could work on."""
    try:
        function()
    except headroom_nb.HeadroomError:
        return True
    return False


def makes_or_says_what_to_install(function: Callable[[], object]) -> bool:
    """Whether it works, or names the extra that it needs; which of the two depends on the environment."""
    try:
        function()
    except headroom_nb.HeadroomError as error:
        return find_spec("anywidget") is None and "headroom-nb[lab]" in str(error)
    return find_spec("anywidget") is not None


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode("ascii")


CHECKS: dict[str, Callable[[], object]] = {
    "BatchSummary": lambda: isinstance(batched(), headroom_nb.BatchSummary),
    "CompressionResult": lambda: isinstance(compressed(), headroom_nb.CompressionResult),
    "CompressionView": lambda: makes_or_says_what_to_install(lambda: headroom_nb.CompressionView(compressed())),
    "HeadroomError": lambda: refused(lambda: headroom_nb.compress(MESSAGES, quality="no such quality")),
    "ImageCompressor": lambda: headroom_nb.ImageCompressor("gpt-4o").has_images(MESSAGES),
    "ImageFetcher": lambda: headroom_nb.ImageFetcher(seconds=1),
    "ImageResult": lambda: isinstance(compressed().images[0], headroom_nb.ImageResult),
    "ImageSignals": lambda: isinstance(headroom_nb.load_router().analyze_image(CHART), headroom_nb.ImageSignals),
    "Limits": lambda: headroom_nb.Limits(),
    "Options": lambda: headroom_nb.Options(quality="safe"),
    "RouteDecision": lambda: isinstance(headroom_nb.load_router().classify(CHART, ""), headroom_nb.RouteDecision),
    "Technique": lambda: [str(each) for each in headroom_nb.Technique],
    "TileExplorer": lambda: makes_or_says_what_to_install(lambda: headroom_nb.TileExplorer(CHART)),
    "TokenEstimate": lambda: isinstance(headroom_nb.estimate_tokens(9, 9), headroom_nb.TokenEstimate),
    "__version__": lambda: headroom_nb.__version__,
    "bill": billed,
    "calibrate": lambda: refused(lambda: headroom_nb.calibrate(object(), "gpt-4o", yes=True)),
    "check": lambda: not headroom_nb.check(MESSAGES).violations,
    "clear_cache": lambda: headroom_nb.clear_cache("memory") is None,
    "compare": lambda: "gpt-4o" in str(headroom_nb.compare(CHART, ["gpt-4o"])),
    "compress": compressed,
    "compress_batch": lambda: batched().compressed_tokens < batched().original_tokens,
    "compress_images": lambda: len(headroom_nb.compress_images(MESSAGES)) == len(MESSAGES),
    "estimate": lambda: headroom_nb.estimate(CHART, "gpt-4o").tokens,
    "estimate_anthropic_tokens": lambda: headroom_nb.estimate_anthropic_tokens(800, 600),
    "estimate_google_tokens": lambda: headroom_nb.estimate_google_tokens(800, 600),
    "estimate_openai_tokens": lambda: headroom_nb.estimate_openai_tokens(800, 600),
    "estimate_tokens": lambda: headroom_nb.estimate_tokens(800, 600, "gpt-4o"),
    "export": exported,
    "fit": lambda: headroom_nb.fit(MESSAGES, "gpt-4o"),
    "fit_limits": lambda: headroom_nb.fit_limits(MESSAGES)[0],
    "handle_zoom": lambda: headroom_nb.handle_zoom(MESSAGES, {"choices": []}) is None,
    "load_models": listed_models,
    "load_router": lambda: headroom_nb.load_router("embedded").name == "embedded",
    "meter": lambda: refused(lambda: headroom_nb.meter(object())),
    "optimize_images_in_messages": lambda: headroom_nb.optimize_images_in_messages(MESSAGES, "openai")[1],
    "prove": lambda: refused(lambda: headroom_nb.prove(MESSAGES, object(), yes=True)),
    "provider_view": lambda: headroom_nb.provider_view(CHART, "gpt-4o").size,
    "register_model": lambda: headroom_nb.register_model("smoke-other", like="gpt-4o"),
    "release": lambda: headroom_nb.release() is None,
    "restore": lambda: refused(lambda: headroom_nb.restore("img-00000000")),
    "unwrap": lambda: refused(lambda: headroom_nb.unwrap(object())),
    "user_message": lambda: headroom_nb.user_message("What is this?", CHART)["role"] == "user",
    "verify": lambda: refused(lambda: headroom_nb.verify(MESSAGES, object())),
    "wrap": lambda: refused(lambda: headroom_nb.wrap(object())),
}
"""What each public name must do here; a false result is a failure."""


def main() -> None:
    """Run every check; raises on the first that fails."""
    unlisted = set(headroom_nb.__all__) ^ CHECKS.keys()
    assert not unlisted, f"CHECKS and headroom_nb.__all__ differ: {sorted(unlisted)}"
    for name, check in CHECKS.items():
        assert check(), f"headroom_nb.{name} does not work in a clean environment"
    print(f"{len(CHECKS)} public names work")


if __name__ == "__main__":
    main()
