"""Every kind of image at every door that takes one."""

import base64
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import headroom_nb
from headroom_nb import user_message
from headroom_nb.analysis.inputs import of_value
from headroom_nb.errors import FileAccessError, OptionError
from headroom_nb.formats import find_images
from headroom_nb.pictures import image_file, images_in, read_header
from headroom_nb.routing import load_router
from tests.pictures.samples import gradient, saved

SIZE = (60, 40)
FILE = saved(gradient(SIZE))
RGB = np.asarray(gradient(SIZE))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.png").write_bytes(FILE)
    Path("b.jpg").write_bytes(saved(gradient(SIZE), "JPEG"))
    yield
    while OPEN:
        OPEN.pop().close()


OPEN = []


def opened(path):
    OPEN.append(Path(path).open("rb"))  # noqa: SIM115 - closed after the test
    return OPEN[-1]


def moved_to_the_end():
    stream = io.BytesIO()
    stream.write(FILE)
    return stream


def torch_of(array):
    return pytest.importorskip("torch").tensor(array)


def figure():
    made = pytest.importorskip("matplotlib.figure").Figure(figsize=(3, 2), dpi=20)
    made.subplots().plot([1, 2])
    return made


def shown_in_a_notebook(**options):
    return pytest.importorskip("IPython.display").Image(**options)


def shows(data):
    return type("Plot", (), {"_repr_png_": lambda self: data})()


FILES = {
    "path": lambda: "a.png",
    "Path": lambda: Path("a.png"),
    "file URL": lambda: Path("a.png").resolve().as_uri(),
    "bytes": lambda: FILE,
    "bytearray": lambda: bytearray(FILE),
    "memoryview": lambda: memoryview(FILE),
    "BytesIO": lambda: io.BytesIO(FILE),
    "BytesIO after it was written": moved_to_the_end,
    "open file": lambda: opened("a.png"),
    "base64 text": lambda: base64.b64encode(FILE).decode(),
    "base64 in lines": lambda: base64.encodebytes(FILE).decode(),
    "base64 bytes": lambda: base64.b64encode(FILE),
    "data URL": lambda: f"data:image/png;base64,{base64.b64encode(FILE).decode()}",
    "PIL image from a file": lambda: Image.open("a.png"),
    "Hugging Face row of bytes": lambda: {"bytes": FILE, "path": None},
    "Hugging Face row of a path": lambda: {"bytes": None, "path": "a.png"},
    "Hugging Face row with an image": lambda: {"image": {"bytes": FILE}, "label": 3},
    "IPython Image": lambda: shown_in_a_notebook(data=FILE),
    "IPython Image of a file": lambda: shown_in_a_notebook(filename="a.png"),
    "ipywidgets Image": lambda: pytest.importorskip("ipywidgets").Image(value=FILE),
    "google-genai Part": lambda: pytest.importorskip("google.genai.types").Part.from_bytes(
        data=FILE, mime_type="image/png"
    ),
    "dspy Image": lambda: type("Image", (), {"__module__": "dspy.adapters", "url": FILES["data URL"]()})(),
    "pandas Series": lambda: pytest.importorskip("pandas").Series(["a.png"]),
    "pandas DataFrame": lambda: pytest.importorskip("pandas").DataFrame({"id": [7], "file": ["a.png"]}),
    "list": lambda: ["a.png"],
    "object that shows PNG": lambda: shows(FILE),
    "object that shows base64": lambda: shows(base64.b64encode(FILE).decode()),
    "object that shows PNG with metadata": lambda: shows((FILE, {"width": 60})),
}
"""Kinds that are a file, which is sent as it is."""

PIXELS = {
    "PIL image": lambda: gradient(SIZE),
    "RGB array": lambda: RGB,
    "read-only array in another order": lambda: np.asfortranarray(RGB)[:, ::-1][:, ::-1],
    "channels first": lambda: RGB.transpose(2, 0, 1),
    "batch of one": lambda: RGB[None],
    "batch of one, channels first": lambda: RGB.transpose(2, 0, 1)[None],
    "uint16": lambda: RGB.astype(np.uint16) * 257,
    "uint16 up to 255": lambda: RGB.astype(np.uint16),
    "int64": lambda: RGB.astype(np.int64),
    "floats to 1": lambda: RGB / 255.0,
    "floats to 255": lambda: RGB.astype(np.float32),
    "tensor": lambda: torch_of(RGB),
    "tensor, channels first": lambda: torch_of(RGB.transpose(2, 0, 1) / 255.0),
    "tensor with gradients": lambda: torch_of(RGB.transpose(2, 0, 1)[None] / 255.0).requires_grad_(),
    "bfloat16 tensor": lambda: torch_of(RGB / 255.0).bfloat16(),
    "array of another library": lambda: type("Array", (), {"__array__": lambda self, *a, **k: RGB})(),
}
"""Kinds that are pixels, which are encoded."""

DRAWN = {
    "Matplotlib figure": figure,
    "Matplotlib axes": lambda: figure().axes[0],
    "several axes of one figure": lambda: np.array([figure().axes[0]] * 2, dtype=object),
    "pandas plot": lambda: pytest.importorskip("pandas").Series([1, 2]).plot(ax=figure().axes[0]),
}
"""Kinds that are drawn first."""


def sizes(messages):
    return [read_header(slot.load()).size for slot in find_images(messages)]


DOORS = {
    "user_message": lambda image: sizes([user_message("What is it?", image)]),
    "estimate": lambda image: [headroom_nb.estimate(image, "gpt-5.6-sol").now.sees],
    "compare": lambda image: list(headroom_nb.compare(image, "gpt-4o", legibility=False).sizes),
    "provider_view": lambda image: [headroom_nb.provider_view(images_in(image)[0], "gpt-4o").size],
    "explorer and verbs": lambda image: [read_header(shown.load()).size for shown in of_value(image, "it")],
    "analyze_image": lambda image: [load_router("rules").analyze_image(images_in(image)[0]).size],
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", [*FILES, *PIXELS, *DRAWN])
def test_every_door_takes_every_kind(kind, door):
    found = DOORS[door]({**FILES, **PIXELS, **DRAWN}[kind]())
    assert found == [SIZE] if kind not in DRAWN else len(found) == 1


@pytest.mark.parametrize("kind", FILES)
def test_a_file_stays_the_same_bytes(kind):
    assert [image_file(one) for one in images_in(FILES[kind]())] == [FILE]


@pytest.mark.parametrize("kind", PIXELS)
def test_pixels_keep_their_values(kind):
    data = image_file(PIXELS[kind]())
    with Image.open(io.BytesIO(data)) as image:
        apart = np.abs(np.asarray(image.convert("RGB")).astype(int) - RGB)
    assert apart.mean() < 2


def test_an_open_file_stands_where_it_stood():
    stream = io.BytesIO(FILE)
    stream.seek(5)
    image_file(stream)
    assert stream.tell() == 5


CHANGES = {
    "drawn on": lambda image: ImageDraw.Draw(image).line((0, 0, 9, 9), fill=(255, 0, 0)),
    "made smaller": lambda image: image.thumbnail((20, 20)),
    "changed on disk": lambda _: Path("b.jpg").write_bytes(saved(gradient((40, 40)), "JPEG")),
    "taken away": lambda _: Path("b.jpg").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_image_that_is_no_longer_its_file_is_sent_as_it_looks_now(change):
    stored = Path("b.jpg").read_bytes()
    image = Image.open("b.jpg")
    assert image_file(image) == stored
    CHANGES[change](image)
    sent = image_file(image)
    assert sent != stored
    assert read_header(sent).size == image.size


def test_lists_and_columns_become_several_images():
    assert sizes([user_message("?", ["a.png", "b.jpg"], FILE)]) == [SIZE] * 3
    assert sizes([user_message("?", pytest.importorskip("pandas").Series(["a.png", "b.jpg"]))]) == [SIZE] * 2
    assert len(headroom_nb.compare(["a.png", FILE], "gpt-4o", legibility=False).sizes) == 2


def test_the_question_and_the_images_swapped_is_said():
    for arguments in [("a.png", "What is it?"), (FILE, "What is it?")]:
        with pytest.raises(OptionError, match="the question comes first"):
            user_message(*arguments)
    with pytest.raises(OptionError, match="the question"):
        user_message("What is it?", "What colour is it?")


WRONG = {
    "which is not fetched": lambda: "https://host.example/a.png?sig=secret",
    "image 2 of 2": lambda: ["a.png", "missing.png"],
    "open it with mode 'rb'": lambda: io.StringIO("text"),
    "is a message": lambda: {"role": "user", "content": "Hi"},
    "columns: id, name": lambda: pytest.importorskip("pandas").DataFrame({"id": [1], "name": ["x"]}),
    "2 columns of images (a, b)": lambda: pytest.importorskip("pandas").DataFrame({"a": ["1.png"], "b": ["2.png"]}),
    "holds 2 images": lambda: np.zeros((2, 9, 9, 3), np.uint8),
    "base64": lambda: base64.b64encode(FILE).decode()[:-5] + "!!",
    "data URL that is not base64": lambda: "data:image/svg+xml,<svg/>",
    "'missing.png' cannot be read": lambda: "missing.png",
}


@pytest.mark.parametrize("said", WRONG)
def test_what_cannot_be_read_is_one_sentence_that_names_it(said):
    with pytest.raises((OptionError, FileAccessError)) as error:
        user_message("?", WRONG[said]())
    text = str(error.value)
    assert said in text
    assert "secret" not in text


@pytest.mark.parametrize(("library", "install"), [("plotly.graph_objects", "kaleido"), ("altair", "vl-convert-python")])
def test_a_figure_that_its_library_cannot_draw_says_what_to_install(library, install, monkeypatch):
    module = pytest.importorskip(library)
    monkeypatch.setattr("headroom_nb.pictures.libraries.find_spec", lambda name: None)
    drawn = module.Figure() if library.startswith("plotly") else module.Chart().mark_bar()
    with pytest.raises(OptionError, match=f"pip install '?{install}"):
        user_message("?", drawn)


def test_a_plotly_figure_is_drawn_by_its_own_export(monkeypatch):
    module = pytest.importorskip("plotly.graph_objects")
    monkeypatch.setattr("headroom_nb.pictures.libraries.find_spec", lambda name: True)
    monkeypatch.setattr(module.Figure, "to_image", lambda *_, **__: FILE)
    assert image_file(module.Figure()) == FILE


@pytest.mark.parametrize("router", ["embedded", "rules"])
@pytest.mark.parametrize("image", [7, None, "missing.png", object()], ids=["7", "None", "missing.png", "object"])
def test_a_router_never_fails_on_what_is_no_image(router, image):
    assert "could not be looked at" in load_router(router).classify(image, "What is it?").reason


def test_a_router_decides_the_same_for_every_kind():
    router = load_router("embedded")
    found = {router.classify(image, "What is it?").technique for image in (FILE, "a.png", Path("a.png"), RGB)}
    assert len(found) == 1


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_an_avif_keeps_its_orientation(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.new("RGB", (60, 40), "blue")
    stored.paste("red", (0, 0, 30, 40))
    try:
        stored.save("a.avif", exif=exif)
    except (KeyError, OSError, ValueError):
        pytest.skip("this Pillow writes no AVIF")
    left_half = {1: (5, 20), 3: (55, 20), 6: (20, 5), 8: (20, 55)}[orientation]
    for image in ("a.avif", Path("a.avif").read_bytes(), Image.open("a.avif")):
        (slot,) = find_images([user_message("?", image)])
        with Image.open(io.BytesIO(slot.load())) as sent:
            assert sent.size == ((40, 60) if orientation in (6, 8) else (60, 40))
            red, _, blue = sent.convert("RGB").getpixel(left_half)
        assert red > 200 > 60 > blue


def test_no_library_is_imported_to_recognise_its_images():
    code = (
        "import sys; from headroom_nb import user_message; "
        f"user_message('?', {FILE!r}); "
        "print({'numpy', 'torch', 'matplotlib', 'plotly', 'altair', 'pandas', 'IPython'} & sys.modules.keys())"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.parametrize("read", [lambda given: user_message("?", given), images_in])
def test_a_list_that_holds_itself_is_refused(read):
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(OptionError, match="lists"):
        read(endless)
