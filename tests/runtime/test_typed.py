import subprocess
import sys

CODE = """
from headroom_nb.ocr.base import OcrLine, OcrPage, pack_page, unpack_page

line = OcrLine("Total", ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)), 0.9)
page = OcrPage((line,), 1, (20, 20))
assert unpack_page(pack_page(page)) == page
"""


def test_stored_pages_are_read_before_any_record_was_loaded():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
