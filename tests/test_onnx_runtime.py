import pytest

from headroom_nb.errors import ModelFilesError
from headroom_nb.onnx_runtime import open_session


@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_a_session_of_a_damaged_file_is_an_error_that_names_it(tmp_path, content):
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelFilesError, match=r"model\.onnx"):
        open_session(path)
