"""What is to happen after an import happens then, in whatever order things are imported."""

import subprocess
import sys

import pytest

ORDERS = {
    "before": "import {library}; import headroom_nb",
    "after": "import headroom_nb; import {library}",
    "asked for first": "import headroom_nb, importlib.util; importlib.util.find_spec('{library}'); import {library}",
}


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("order", ORDERS)
def test_data_frames_have_their_accessor_in_any_order_of_imports(library, order):
    pytest.importorskip(library)
    code = f"{ORDERS[order].format(library=library)}; print({library}.DataFrame({{'a': [1]}}).headroom)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "TableAccessor" in done.stdout


def test_the_package_imports_no_data_frame_library():
    code = "import headroom_nb, sys; assert not {'pandas', 'polars', 'numpy'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)
