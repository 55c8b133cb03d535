import os
import subprocess
import sys

import pytest

from headroom_nb.errors import ModelFilesError
from headroom_nb.onnx_runtime import NO_TELEMETRY, open_session


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
