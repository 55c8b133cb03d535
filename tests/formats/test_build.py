"""A user message from what a notebook holds."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from headroom_nb import user_message
from headroom_nb.errors import FileAccessError, OptionError, UnreadablePictureError
from headroom_nb.formats import detect_provider, find_images
from headroom_nb.formats.build import PROVIDERS
from headroom_nb.pictures import read_header
from tests.formats.samples import b64, png

FILE = png(6, 4)


def sent(image, **options):
    """The header of the file that an image becomes, and the file."""
    (slot,) = find_images([user_message("?", image, **options)])
    data = slot.load()
    header = read_header(data)
    assert slot.declared_media_type == header.media_type
    return header, data


def pixels(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_s_message_is_found_again_with_its_question(provider):
    message = user_message("What is it?", FILE, FILE, provider=provider)
    slots = find_images([message])
    assert [slot.load() for slot in slots] == [FILE, FILE]
    assert {slot.question for slot in slots} == {"What is it?"}
    assert message["role"] == "user"
    assert detect_provider([message]) == (None if provider == "ollama" else provider.removesuffix("_responses"))


def test_the_blocks_are_each_provider_s_own():
    data = b64(FILE)
    url = f"data:image/png;base64,{data}"
    assert [user_message("Q", FILE, provider=provider) for provider in PROVIDERS] == [
        {
            "role": "user",
            "content": [{"type": "text", "text": "Q"}, {"type": "image_url", "image_url": {"url": url}}],
        },
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Q"},
                {"type": "input_image", "detail": "auto", "image_url": url},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}},
                {"type": "text", "text": "Q"},
            ],
        },
        {"role": "user", "parts": [{"inlineData": {"mimeType": "image/png", "data": data}}, {"text": "Q"}]},
        {"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": FILE}}}, {"text": "Q"}]},
        {"role": "user", "content": "Q", "images": [data]},
    ]


def test_without_a_question_there_is_no_empty_text_block():
    for provider in PROVIDERS[:-1]:
        message = user_message("", FILE, provider=provider)
        assert len(message.get("content") or message["parts"]) == 1


def test_a_message_without_images_is_plain_text():
    assert user_message("Hi") == {"role": "user", "content": [{"type": "text", "text": "Hi"}]}
    assert user_message("Hi", provider="ollama") == {"role": "user", "content": "Hi"}


def test_a_path_is_read_and_sent_byte_for_byte(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(FILE)
    assert sent(path)[1] == sent(str(path))[1] == FILE


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_are_sent_as_they_are(kind):
    assert sent(kind(FILE))[1] == FILE


def test_a_file_the_providers_do_not_take_is_encoded_anew():
    buffer = io.BytesIO()
    Image.new("RGB", (6, 4), (10, 20, 30)).save(buffer, "BMP")
    header, data = sent(buffer.getvalue())
    assert header.media_type in {"image/png", "image/webp", "image/jpeg"}
    assert (pixels(data) == (10, 20, 30)).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_a_pil_image_of_any_mode_is_sent(mode):
    header, _ = sent(Image.new(mode, (7, 5)))
    assert header.size == (7, 5)


def test_a_pil_image_is_turned_upright():
    image = Image.new("RGB", (8, 4), "white")
    image.getexif()[0x0112] = 6
    assert sent(image)[0].size == (4, 8)


@pytest.mark.parametrize(
    ("array", "colour"),
    [
        (np.full((4, 6, 3), (10, 20, 30), np.uint8), (10, 20, 30)),
        (np.full((4, 6, 4), (10, 20, 30, 255), np.uint8), (10, 20, 30)),
        (np.full((4, 6), 77, np.uint8), (77, 77, 77)),
        (np.full((4, 6, 1), 77, np.uint8), (77, 77, 77)),
        (np.full((4, 6), 0.2), (51, 51, 51)),
        (np.full((4, 6, 3), 1.0, np.float32), (255, 255, 255)),
        (np.full((4, 6), fill_value=True), (255, 255, 255)),
    ],
)
def test_an_array_shows_its_values(array, colour):
    header, data = sent(array)
    assert header.size == (6, 4)
    assert (pixels(data) == colour).all()


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 2, 2), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((0, 4), np.uint8),
        np.full((4, 4), 300.0),
        np.full((4, 4), -1),
        np.full((4, 4), np.nan),
        np.full((4, 4), "x"),
        np.zeros((2, 4, 4, 3), np.uint8),
    ],
)
def test_an_array_that_is_no_image_is_refused(array):
    with pytest.raises(OptionError, match=r"array|from 0 to 255"):
        user_message("?", array)


def test_a_figure_is_drawn():
    figure = pytest.importorskip("matplotlib.figure").Figure(figsize=(2, 1), dpi=50)
    figure.subplots().plot([1, 2])
    assert sent(figure)[0].format == "PNG"


def test_what_shows_itself_as_png_is_sent_so():
    class Plot:
        def _repr_png_(self):
            return FILE

    assert sent(Plot())[1] == FILE


def test_a_detail_level_is_asked_for_where_the_provider_has_one():
    for provider in ("openai", "openai_responses", "google"):
        assert find_images([user_message("?", FILE, provider=provider, detail="low")])[0].detail == "low"
    with pytest.raises(OptionError, match="cannot be asked of anthropic; it takes: none"):
        user_message("?", FILE, provider="anthropic", detail="low")
    with pytest.raises(OptionError, match="it takes: auto, low, high, original"):
        user_message("?", FILE, provider="openai", detail="medium")


@pytest.mark.parametrize("image", [None, 7, object(), [7], {"a": 1}])
def test_anything_else_is_refused_with_what_can_be_passed(image):
    with pytest.raises(OptionError, match="pass a path, file:// URL, bytes"):
        user_message("?", image)


def test_a_url_is_not_fetched():
    with pytest.raises(OptionError, match="not fetched"):
        user_message("?", "https://example.invalid/a.png")


def test_a_file_that_is_no_picture_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(UnreadablePictureError):
        user_message("?", tmp_path / "a.txt")
    with pytest.raises(FileAccessError, match="No such file"):
        user_message("?", tmp_path / "missing.png")


def test_an_unknown_provider_is_an_error_that_lists_the_known_ones():
    with pytest.raises(OptionError, match="openai, openai_responses, anthropic, google, bedrock, ollama"):
        user_message("?", provider="acme")


def test_formats_alone_import_nothing_heavy():
    heavy = ["numpy", "PIL", "matplotlib", "IPython"]
    code = f"import sys, headroom_nb.formats; print([m for m in {heavy!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("spelled", ["openai_responses", "openai-responses", "OpenAI-Responses"])
def test_a_format_is_known_however_it_is_spelled(spelled):
    assert user_message("?", FILE, provider=spelled)["content"][0]["type"] == "input_text"


def test_a_file_that_is_no_image_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.raises(UnreadablePictureError, match=r"notes\.txt: "):
        user_message("?", tmp_path / "notes.txt")


def test_lists_may_stand_beside_single_images(tmp_path):
    (tmp_path / "one.png").write_bytes(FILE)
    message = user_message("Q", [tmp_path / "one.png", FILE], str(tmp_path / "one.png"))
    assert len(find_images([message])) == 3
