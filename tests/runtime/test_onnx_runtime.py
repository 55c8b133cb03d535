import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from headroom_nb.errors import ModelFilesError
from headroom_nb.runtime.onnx_runtime import GIVE_BACK_EVERY, NO_TELEMETRY, open_session


@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_a_session_of_a_damaged_file_is_an_error_that_names_it(tmp_path, content):
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelFilesError, match=r"model\.onnx"):
        open_session(path)


def test_the_runtime_leaves_no_telemetry_in_the_home_folder(tmp_path):
    code = (
        "from headroom_nb import compress, demo\n"
        "compress(demo.messages('openai'), model='gpt-4o')\n"
        "import sys; assert 'onnxruntime' in sys.modules\n"
    )
    home = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    subprocess.run([sys.executable, "-c", code], check=True, env={**home, "HOME": str(tmp_path)})
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_choice_of_the_user_s_own_about_telemetry_stands(monkeypatch, tmp_path):
    monkeypatch.setenv(NO_TELEMETRY, "0")
    with pytest.raises(ModelFilesError):
        open_session(tmp_path / "model.onnx")
    assert os.environ[NO_TELEMETRY] == "0"


def write_square(path):
    """A model that needs memory by the square of its input's length: n numbers → the sum of their n × n products."""
    graph = helper.make_graph(
        [
            helper.make_node("Transpose", ["column"], ["row"]),
            helper.make_node("MatMul", ["column", "row"], ["square"]),
            helper.make_node("ReduceSum", ["square"], ["sum"], keepdims=0),
        ],
        "square",
        [helper.make_tensor_value_info("column", TensorProto.FLOAT, ["n", 1])],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [])],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))


def megabytes():
    """What this process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks Linux what a process holds")
def test_memory_that_one_large_input_took_is_given_back(tmp_path):
    write_square(tmp_path / "square.onnx")
    session = open_session(tmp_path / "square.onnx")
    small, large = np.ones((2, 1), np.float32), np.ones((8000, 1), np.float32)
    session.run(None, {"column": small})  # the room made first is kept
    before = megabytes()
    session.run(None, {"column": large})
    assert megabytes() - before > 200, "the products alone are 256 MB, and are kept for the next run"
    for _ in range(GIVE_BACK_EVERY):
        assert session.run(None, {"column": small})[0] == 4
    assert megabytes() - before < 100
