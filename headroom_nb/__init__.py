"""Headroom for notebooks: cut what images cost in LLM chat messages, and see what was decided and why.

>>> import headroom_nb
>>> result = headroom_nb.compress(messages, model="gpt-5.6-sol")  # doctest: +SKIP
>>> result.messages  # doctest: +SKIP

In a notebook: ``%load_ext headroom_nb``, then ``%headroom compress messages``. Everything public is listed in
``__all__``; it is loaded when it is first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from headroom_nb._version import __version__
from headroom_nb.lazy import lazy_names as _lazy_names
from headroom_nb.rendering_hook import register as _register_renderer
from headroom_nb.runtime.imports import after_import as _after_import

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

    from headroom_nb.analysis.compare import compare as compare
    from headroom_nb.analysis.estimate import estimate as estimate
    from headroom_nb.analysis.fit import fit as fit
    from headroom_nb.analysis.notebook_bill import bill as bill
    from headroom_nb.analysis.optimize import optimize_images_in_messages as optimize_images_in_messages
    from headroom_nb.analysis.provider_view import provider_view as provider_view
    from headroom_nb.batch.run import compress_batch as compress_batch
    from headroom_nb.batch.summary import BatchSummary as BatchSummary
    from headroom_nb.caching import clear_cache as clear_cache
    from headroom_nb.checks.check import check as check
    from headroom_nb.checks.fit import fit_limits as fit_limits
    from headroom_nb.compressor import ImageCompressor as ImageCompressor
    from headroom_nb.compressor import compress as compress
    from headroom_nb.compressor import compress_images as compress_images
    from headroom_nb.costs import estimate_anthropic_tokens as estimate_anthropic_tokens
    from headroom_nb.costs import estimate_google_tokens as estimate_google_tokens
    from headroom_nb.costs import estimate_openai_tokens as estimate_openai_tokens
    from headroom_nb.costs import estimate_tokens as estimate_tokens
    from headroom_nb.costs import load_models as load_models
    from headroom_nb.costs import register_model as register_model
    from headroom_nb.errors import HeadroomError as HeadroomError
    from headroom_nb.fetching import ImageFetcher as ImageFetcher
    from headroom_nb.formats import user_message as user_message
    from headroom_nb.integrations.wrapping import meter as meter
    from headroom_nb.integrations.wrapping import unwrap as unwrap
    from headroom_nb.integrations.wrapping import wrap as wrap
    from headroom_nb.options import Options as Options
    from headroom_nb.proof.calibrate import calibrate as calibrate
    from headroom_nb.proof.prove import prove as prove
    from headroom_nb.proof.verify import verify as verify
    from headroom_nb.proof.zoom import handle_zoom as handle_zoom
    from headroom_nb.proof.zoom import restore as restore
    from headroom_nb.records import CompressionResult as CompressionResult
    from headroom_nb.records import ImageResult as ImageResult
    from headroom_nb.records import ImageSignals as ImageSignals
    from headroom_nb.records import RouteDecision as RouteDecision
    from headroom_nb.records import Technique as Technique
    from headroom_nb.records import TokenEstimate as TokenEstimate
    from headroom_nb.rendering.export import export as export
    from headroom_nb.resource_limits import Limits as Limits
    from headroom_nb.routing import load_router as load_router
    from headroom_nb.runtime.models import release as release
    from headroom_nb.widgets.compression_view import CompressionView as CompressionView
    from headroom_nb.widgets.tile_explorer import TileExplorer as TileExplorer

_HOME = {
    "BatchSummary": "batch.summary",
    "CompressionResult": "records",
    "CompressionView": "widgets",
    "HeadroomError": "errors",
    "ImageCompressor": "compressor",
    "ImageFetcher": "fetching",
    "ImageResult": "records",
    "ImageSignals": "records",
    "Limits": "resource_limits",
    "Options": "options",
    "RouteDecision": "records",
    "Technique": "records",
    "TileExplorer": "widgets",
    "TokenEstimate": "records",
    "bill": "analysis.notebook_bill",
    "calibrate": "proof.calibrate",
    "check": "checks.check",
    "clear_cache": "caching",
    "compare": "analysis.compare",
    "compress": "compressor",
    "compress_batch": "batch.run",
    "compress_images": "compressor",
    "estimate": "analysis.estimate",
    "estimate_anthropic_tokens": "costs",
    "estimate_google_tokens": "costs",
    "estimate_openai_tokens": "costs",
    "estimate_tokens": "costs",
    "export": "rendering.export",
    "fit": "analysis.fit",
    "fit_limits": "checks.fit",
    "handle_zoom": "proof.zoom",
    "load_models": "costs",
    "load_router": "routing",
    "meter": "integrations",
    "optimize_images_in_messages": "analysis.optimize",
    "prove": "proof.prove",
    "provider_view": "analysis.provider_view",
    "register_model": "costs",
    "release": "runtime.models",
    "restore": "proof.zoom",
    "unwrap": "integrations",
    "user_message": "formats",
    "verify": "proof.verify",
    "wrap": "integrations",
}

__all__ = ["__version__", *_HOME]  # noqa: PLE0604 - the table above is the list


_load = _lazy_names(__name__, _HOME)


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name == "demo":  # a package of its own, which nothing loads by itself
        return import_module("headroom_nb.demo")
    return _load(name)


def _give_accessors() -> None:
    """Give the data frames of pandas and polars their ``.headroom``."""
    from headroom_nb.analysis.tables import register_accessors

    register_accessors()


def _renderer() -> Callable[..., Any]:
    from headroom_nb.rendering import render

    return render


_register_renderer(_renderer)
_after_import(("pandas", "polars"), _give_accessors)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register ``%headroom`` and ``%%headroom``; called by ``%load_ext headroom_nb``."""
    from headroom_nb.notebook.magics import load_ipython_extension as load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take ``%headroom`` away again."""
    from headroom_nb.notebook.magics import unload_ipython_extension as unload

    unload(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell Jupyter where the built JupyterLab extension lies, and its name."""
    return [{"src": "labextension", "dest": "headroom-nb"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Name the module that Jupyter's server loads."""
    return [{"module": "headroom_nb.server"}]
