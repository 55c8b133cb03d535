"""What a picture gives never hangs on what was asked of it before."""

import io

import pytest
from PIL import Image

from headroom_nb import ImageCompressor
from headroom_nb.formats import user_message
from headroom_nb.pictures import open_picture
from headroom_nb.signals import measure as signals
from tests.support import gradient


def jpeg(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    image = gradient(width, height)
    image.paste(Image.effect_noise((width // 3, height // 3), 60).convert("RGB"), (width // 4, height // 4))
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


@pytest.mark.parametrize("size", [(400, 300), (500, 375), (250, 188), (120, 90), (999, 750), (2000, 3)])
def test_a_jpeg_at_one_size_is_the_same_whatever_was_decoded_before(size):
    data = jpeg(2000, 1500)
    fresh, whole, smaller, larger = (open_picture(data) for _ in range(4))
    whole.rgb()
    smaller.resized((100, 75))
    larger.resized((990, 740))
    expected = fresh.resized(size).tobytes()
    assert whole.resized(size).tobytes() == expected
    assert smaller.resized(size).tobytes() == expected
    assert larger.resized(size).tobytes() == expected


def test_the_bytes_sent_do_not_hang_on_what_the_process_has_measured_before():
    message = [user_message("Is it sunny?", jpeg(2000, 1500), provider="anthropic")]
    signals._cache.clear()
    first = ImageCompressor(quality="max").run(message, model="claude-opus-4-8")
    again = ImageCompressor(quality="max").run(message, model="claude-opus-4-8")
    assert first.images[0].parts, "it was resized"
    assert again.messages == first.messages
