"""The explorer's side in Python: what it takes, what it says, what it answers."""

import base64
import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from headroom_nb import demo
from headroom_nb.costs import estimate, find_model
from headroom_nb.costs.front_end import model_row
from headroom_nb.errors import MessageError, OptionError, UnknownModelError

pytest.importorskip("anywidget")

from headroom_nb.widgets import TileExplorer


def _photo() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "JPEG")
    return out.getvalue()


PHOTO = _photo()


@pytest.fixture
def explorer(request):
    picture = getattr(request, "param", None) or demo.picture("chart.png")
    found = TileExplorer(picture, "gpt-4o", "high", label="chart.png")
    yield found
    found.close()


@pytest.fixture
def said_of(monkeypatch):
    """Give what a kernel sends to the page of one widget."""

    def listen(widget):
        messages = []
        monkeypatch.setattr(widget, "send", lambda content, buffers=None: messages.append((content, buffers)))
        return messages

    return listen


@pytest.fixture
def said(explorer, said_of):
    """What the kernel sends, as (content, buffers)."""
    return said_of(explorer)


def ask(explorer, **content):
    explorer._handle_custom_msg({"id": "a-1", **content}, [])


def test_it_costs_what_the_estimate_says(explorer):
    assert explorer.size == (1200, 750)
    assert explorer.tokens == estimate((1200, 750), "gpt-4o", "high").tokens
    explorer.crop_box = (100, 50, 612, 562)
    assert explorer.size == (512, 512)
    assert explorer.tokens == 255


def test_a_size_keeps_the_shape_of_what_is_selected(explorer):
    explorer.size = (600, 375)
    assert (explorer.size, explorer.long_side) == ((600, 375), 600)
    with pytest.raises(OptionError, match="another shape"):
        explorer.size = (600, 600)
    with pytest.raises(OptionError, match="at most the 1200×750 px"):
        explorer.size = (2400, 1500)
    explorer.size = None
    assert explorer.size == (1200, 750)


@given(long_side=st.integers(1, 3000), box=st.none() | st.tuples(st.integers(0, 599), st.integers(0, 374)))
def test_every_side_gives_a_picture_of_that_size(long_side, box):
    found = TileExplorer(Image.new("RGB", (600, 375)), "gpt-4o", crop_box=box and (*box, 600, 375))
    found.long_side = long_side
    assert found.to_image().size == found.size
    assert max(found.size) <= max(long_side, 1)
    found.close()


def test_a_model_is_known_by_any_of_its_names_and_carries_its_terms(explorer):
    explorer.model = "anthropic/claude-sonnet-4-6"
    assert explorer.model == "claude-sonnet-4-6"
    assert explorer.row == model_row(find_model("claude-sonnet-4-6"))
    with pytest.raises(UnknownModelError):
        explorer.model = "no such model"
    assert explorer.model == "claude-sonnet-4-6"


@pytest.mark.parametrize("box", [(0, 0, 1201, 750), (10, 10, 10, 20), (0, 0, 5), (0.5, 0, 5, 5)])
def test_a_crop_box_lies_inside_the_picture(explorer, box):
    with pytest.raises(OptionError, match=r"pixels inside 1200×750"):
        explorer.crop_box = box


def test_a_detail_level_must_be_one(explorer):
    with pytest.raises(OptionError, match="no detail level 'huge'"):
        explorer.detail = "huge"


def test_pictures_of_every_kind_are_taken(tmp_path):
    pixels = np.zeros((40, 60, 3), dtype=np.uint8)
    path = tmp_path / "a.png"
    Image.fromarray(pixels).save(path)
    for image in (pixels, path, str(path), path.read_bytes(), Image.fromarray(pixels)):
        found = TileExplorer(image)
        assert found.size == (60, 40)
        found.close()


def test_several_images_are_gone_through(said_of):
    other = np.zeros((30, 20, 3), dtype=np.uint8)
    found = TileExplorer([PHOTO, other], "gpt-4o", crop_box=(0, 0, 50, 50))
    messages = said_of(found)
    assert (found.place, found.size, len(found.names)) == (0, (50, 50), 2)
    ask(found, ask="go", place=1)
    assert messages[0][0]["answer"] == {}
    assert (found.place, found.crop_box, found.size, found.label) == (1, None, (20, 30), found.names[1])
    ask(found, ask="go", place=2)
    assert "there is no image 2" in messages[1][0]["error"]
    assert found.place == 1
    found.go(0)
    assert found.size == (256, 256)
    found.close()


def test_an_image_behind_a_reference_is_named_and_the_one_shown_stays(said_of):
    block = {"type": "image_url", "image_url": {"url": "https://example.org/a.png?key=1"}}
    here = {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64," + base64.b64encode(PHOTO).decode()}}
    found = TileExplorer([{"role": "user", "content": [here, block]}], "gpt-4o")
    with pytest.raises(MessageError, match=r"example\.org/a\.png\): not fetched"):
        found.go(1)
    assert found.place == 0
    found.close()


def test_the_state_that_a_notebook_may_store_is_small(explorer):
    state = {name: value for name, value in explorer.get_state().items() if name not in {"_esm", "_css"}}
    assert len(str(state)) < 2000


@pytest.mark.parametrize("explorer", [PHOTO], indirect=True)
def test_the_picture_is_sent_on_request_as_a_buffer(explorer, said):
    ask(explorer, ask="picture")
    ((content, (buffer,)),) = said
    assert bytes(buffer) == PHOTO
    assert content == {"id": "a-1", "answer": {"media_type": "image/jpeg"}, "count": 1}


def test_a_heavy_picture_has_a_preview_and_a_light_one_needs_none(explorer):
    assert explorer._preview({}).blobs == ()
    out = io.BytesIO()
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(out, "PNG")
    heavy = TileExplorer(out.getvalue())
    answer = heavy._preview({})
    assert Image.open(io.BytesIO(answer.blobs[0])).size == (1600, 1200)
    assert len(answer.blobs[0]) < len(out.getvalue()) / 3
    heavy.close()


@pytest.mark.parametrize("explorer", [PHOTO], indirect=True)
def test_hosts_that_lose_buffers_get_base64(explorer, said):
    ask(explorer, ask="picture", base64=True)
    ((content, buffers),) = said
    assert base64.b64decode(content["blobs"][0]) == PHOTO
    assert not buffers


def test_a_picture_that_browsers_show_otherwise_is_sent_as_the_model_gets_it(monkeypatch):
    out = io.BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(out, "PNG")
    found = TileExplorer(out.getvalue())
    answer = found._picture_file({})
    assert Image.open(io.BytesIO(answer.blobs[0])).mode == "RGB"
    found.close()


def test_every_model_is_offered_with_its_terms(explorer, said):
    ask(explorer, ask="models")
    answer = said[0][0]["answer"]
    assert model_row(find_model("gpt-4o")) in answer["models"]
    assert "gpt-5.6-sol" in answer["defaults"]


def test_the_height_of_text_is_measured_on_request(explorer, said):
    ask(explorer, ask="text")
    answer = said[0][0]["answer"]
    assert 5 < answer["font"] < 20
    assert list(answer["limits"]) == ["safe", "balanced", "max"]


def test_a_question_that_names_a_place_gets_its_region(explorer, said):
    ask(explorer, ask="region", question="What is in the top left corner?")
    left, top, right, bottom = said[0][0]["answer"]["box"]
    assert (left, top) == (0, 0)
    assert right < 1200
    assert bottom < 750


def test_a_request_that_cannot_be_answered_is_answered_with_a_sentence(explorer, said):
    ask(explorer, ask="nonsense")
    assert "no answer to 'nonsense'" in said[0][0]["error"]
    explorer._handle_custom_msg({"other": 1}, [])
    assert len(said) == 1


def test_a_table_stands_beside_the_widget(explorer):
    data, _ = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "1,105 tokens on gpt-4o" in data["text/plain"]
    assert "<table" in data["text/html"]
    assert "<script" not in data["text/html"]
    assert len(data["text/html"]) < 40_000


def test_a_hostile_name_stays_text():
    found = TileExplorer(Image.new("RGB", (8, 8)), label='"><script>alert(1)</script>')
    assert "<script" not in found.static_forms()["text/html"]
    found.close()


def test_a_refused_picture_has_no_tokens_and_says_why():
    found = TileExplorer(Image.new("L", (8001, 10)), "claude-sonnet-4-6")
    assert found.tokens is None
    assert "refuses it" in found.static_forms()["text/plain"]
    found.close()


def test_without_anywidget_the_name_is_there_and_says_what_to_install():
    code = (
        "import sys; sys.modules['anywidget'] = None\n"
        "import headroom_nb\n"
        "try: headroom_nb.TileExplorer(b'')\n"
        "except headroom_nb.HeadroomError as error: print(error)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "TileExplorer needs anywidget: pip install 'headroom-nb[lab]'"
