import hashlib

import pytest

import headroom_nb
from headroom_nb import ImageCompressor
from headroom_nb.formats import user_message
from headroom_nb.pipeline import remember as remembering
from headroom_nb.runtime import base64_text
from headroom_nb.runtime.lru import clear_all
from tests.support import gradient, openai_message, png


@pytest.fixture(autouse=True)
def _empty():
    clear_all()
    yield
    clear_all()


def ask(compressor, picture, again=None):
    """Compress one image; with ``again``, drop it from the last conversation by compressing another."""
    result = compressor.run([openai_message("Is it sunny?", png(gradient(64, 60 + picture)))])
    if again is not None:
        ask(compressor, again)
    return result


def compressors(count):
    return [ImageCompressor(router="rules") for _ in range(count)]


def test_all_compressors_of_a_process_share_one_bound(monkeypatch):
    one_result = remembering._size_of_result(ask(ImageCompressor(router="rules"), 1).images[0])
    clear_all()
    monkeypatch.setattr(remembering._results, "max_bytes", 4 * one_result + one_result // 2)
    for compressor in compressors(9):
        ask(compressor, 1)
    assert len(remembering._results) == 4


def test_compressors_do_not_share_results():
    careful, bold = ImageCompressor(router="rules", quality="safe"), ImageCompressor(router="rules", quality="max")
    assert ask(careful, 1).quality == "safe"
    assert ask(bold, 1).quality == "max"
    assert len(remembering._results) == 2


def test_closing_one_leaves_what_the_others_remember():
    first, second = compressors(2)
    ask(first, 1, again=2)
    remembered = ask(second, 1, again=2).images[0].decision
    first.close()
    assert len(remembering._results) == len(remembering._digests) == 2
    assert ask(second, 1).images[0].decision is remembered


def test_clearing_the_cache_clears_that_of_ones_own_compressor_but_for_its_last_call():
    compressor = compressors(1)[0]
    before, last = ask(compressor, 1, again=2).images[0].decision, compressor.last_result.images[0].decision
    headroom_nb.clear_cache("memory")
    assert len(remembering._results) == len(remembering._digests) == 0
    assert ask(compressor, 2).images[0].decision is last
    assert ask(compressor, 1).images[0].decision is not before


def test_a_compressor_without_a_cache_leaves_nothing_behind():
    ask(ImageCompressor(router="rules", cache="off"), 1)
    assert len(remembering._results) == len(remembering._digests) == 0


def test_the_size_of_a_result_counts_what_is_sent_as_bytes_and_in_base64():
    image = headroom_nb.compress([openai_message("Is it sunny?", png(gradient(1500, 1500)))], router="rules").images[0]
    sent = sum(len(part.data) + len(part.base64) for part in image.parts)
    held = len(image.original) * 4 // 3  # in base64, as it stands in the message
    assert sent
    assert held + sent <= remembering._size_of_result(image) <= held + sent + 5000


def test_a_file_that_has_a_name_is_decoded_once_for_it(tmp_path, monkeypatch):
    path, compressor = tmp_path / "sun.png", compressors(1)[0]
    path.write_bytes(png(gradient(64, 60)))
    messages = [user_message("Is it sunny?", path)]
    assert compressor.run(messages).images[0].name == "sun.png"
    monkeypatch.setattr(base64_text, "_strict", lambda *_: pytest.fail("decoded again"))
    assert compressor.run(messages).images[0].name == "sun.png"


@pytest.mark.parametrize(
    "raw", ["", "aé\ud800" * base64_text.PIECE, b"ab" * base64_text.PIECE], ids=["", "text", "bytes"]
)
def test_a_file_is_known_by_all_its_bytes_whatever_the_pieces(raw):
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    assert remembering.length_and_digest(raw) == (len(data), hashlib.sha256(data).hexdigest())
