"""What works with NumPy and Pillow alone: no OCR, no ONNX Runtime, no IPython.

Counting, comparing, checking and resizing; images that would need a model keep their detail, and say why.
"""

from __future__ import annotations

from importlib.util import find_spec

import headroom_nb
from headroom_nb import demo

ABSENT = ("onnxruntime", "rapidocr", "tokenizers", "cv2", "IPython", "matplotlib")


def main() -> None:
    """Raise AssertionError where the minimal installation does less than it should."""
    assert [name for name in ABSENT if find_spec(name)] == [], "this environment is not minimal"
    messages = demo.messages("openai")
    assert headroom_nb.estimate_tokens(1000, 1000, "gpt-4o").tokens == 765
    assert "gpt-4o" in str(headroom_nb.compare(demo.picture("chart.png"), ["gpt-4o"]))
    assert not headroom_nb.check(messages).violations
    assert headroom_nb.provider_view(demo.picture("chart.png"), "gpt-4o", "low").size == (512, 320)
    result = headroom_nb.compress(messages, model="gpt-5.6-sol")
    assert [image.error for image in result.images] == [None] * 5
    assert 0 < result.compressed_tokens < result.original_tokens
    assert "No OCR engine" in result.images[0].note, "a transcript that is not possible must say so"
    assert "rules stands in for embedded" in result.images[0].decision.reason
    print("the minimal installation counts, compares, checks and resizes")


if __name__ == "__main__":
    main()
