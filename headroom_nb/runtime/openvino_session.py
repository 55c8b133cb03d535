"""Models on OpenVINO instead of onnxruntime: faster on processors that compute with bfloat16.

Only for who asks for it (``ocr="rapidocr-openvino"``): it is 180 MB on disk, holds more memory, and compiles for each
new size of input.
"""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import ModelFilesError
from headroom_nb.runtime.forks import after_fork, fork_safe, never_take_down
from headroom_nb.runtime.models import Held, bytes_of, register
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "pip install 'headroom-nb[openvino]'"


class OpenVinoSession:
    """A model with the methods of :class:`headroom_nb.runtime.onnx_runtime.Session`; may be shared by threads.

    Parameters
    ----------
    path
        An ONNX file.
    runs
        Runs that may go on at the same time, each with one thread.

    Raises
    ------
    ModelFilesError
        OpenVINO is missing, or the file is none it can use.
    """

    def __init__(self, path: Path, runs: int) -> None:
        self._path = path
        self._threads = runs
        self._lock = fork_safe(threading.Lock())
        self._running = 0
        self._compiled: Any = _compiled(path, runs)
        after_fork(self)
        register(self)

    def reset_after_fork(self) -> None:
        """Open the model anew: the parent's threads are of no use in a child."""
        self._compiled = None
        self._running = 0

    def run(self, output_names: list[str] | None, input_feed: dict[str, Any]) -> list[Any]:  # noqa: ARG002 - all of them
        """Run the model; every output."""
        checkpoint()
        with self._lock:
            request = self._opened().create_infer_request()
            self._running += 1
        try:
            answers = request.infer(input_feed, share_inputs=True)
            return [answers[index].copy() for index in range(len(answers))]
        finally:
            with self._lock:
                self._running = max(0, self._running - 1)

    def _opened(self) -> Any:
        self._compiled = self._compiled or _compiled(self._path, self._threads)
        return self._compiled

    def held(self) -> Held | None:
        """Return what is loaded, about: compiled, it takes several times its file."""
        return None if self._compiled is None else Held(self._path.name, 4 * bytes_of(self._path))

    def settle(self) -> bool:
        """Give back the memory that runs left behind, unless one is going on."""
        with self._lock:
            if self._compiled is None or self._running:
                return False
            self._compiled.release_memory()
            return True

    def let_go(self) -> None:
        """Unload the model."""
        with self._lock:
            self._compiled = None

    def get_inputs(self) -> list[Any]:
        """Return what the model takes, by name."""
        return [SimpleNamespace(name=port.any_name) for port in self._opened().inputs]

    def get_outputs(self) -> list[Any]:
        """Return what the model gives, by name."""
        return [SimpleNamespace(name=port.any_name) for port in self._opened().outputs]

    def get_modelmeta(self) -> Any:
        """Return the metadata of the ONNX file, as onnxruntime does."""
        return SimpleNamespace(custom_metadata_map=_metadata(self._path))


def _core() -> Any:
    try:
        import openvino
    except ImportError as error:
        raise ModelFilesError(f"OpenVINO is not installed; run: {INSTALL}") from error
    return openvino.Core()


def _compiled(path: Path, runs: int) -> Any:
    core = _core()
    able = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    settings = {
        "INFERENCE_PRECISION_HINT": "bf16" if "BF16" in able else "f32",
        "INFERENCE_NUM_THREADS": runs,
        "NUM_STREAMS": runs,
        "ENABLE_CPU_PINNING": False,
    }
    try:
        compiled = core.compile_model(str(path), "CPU", settings)
    except RuntimeError as error:
        raise ModelFilesError(f"{path} is damaged or no ONNX file that this OpenVINO can use: {error}") from error
    never_take_down(compiled)
    return compiled


def _metadata(path: Path) -> dict[str, str]:
    """Return the texts that stand beside the model in its file."""
    model = _core().read_model(str(path))
    if not model.has_rt_info(["framework"]):
        return {}
    return {name: value.astype(str) for name, value in model.get_rt_info(["framework"]).astype(dict).items()}
