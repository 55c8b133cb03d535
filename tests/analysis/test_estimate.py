"""Counting what is given by its address: a row that says what is not known, the same in every verb."""

import numpy as np
import pytest

import headroom_nb
from headroom_nb.errors import MessageError

ADDRESS = {"type": "image_url", "image_url": {"url": "https://example.com/a/receipt.png?size=2"}}
PAPER = {"type": "document", "source": {"type": "url", "url": "https://example.com/report.pdf"}}


def asked(*blocks):
    return [{"role": "user", "content": [{"type": "text", "text": "What is the total?"}, *blocks]}]


def test_images_given_by_address_alone_keep_a_row_each_and_say_what_to_do():
    found = headroom_nb.estimate(asked(ADDRESS, ADDRESS), "gpt-5.6-sol")
    assert [line.name for line in found.lines] == ["receipt.png", "receipt.png"]
    assert found.tokens is None
    assert all(line.tokens is None and "not fetched" in line.note for line in found.lines)
    assert any("--fetch-urls" in warning for warning in found.warnings)
    assert "not known" in str(found).splitlines()[0]


def test_a_document_given_by_address_keeps_a_row_that_names_it():
    found = headroom_nb.estimate(asked(PAPER), "claude-opus-5-5")
    assert [(line.name, line.tokens) for line in found.lines] == [("report.pdf", None)]


def test_images_of_which_none_can_be_read_are_still_an_error():
    with pytest.raises(MessageError):
        headroom_nb.estimate(asked({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}))


@pytest.mark.parametrize(("block", "model"), [(ADDRESS, "gpt-5.6-sol"), (PAPER, "claude-opus-5-5")])
def test_compressing_them_says_not_known_as_well_and_never_0_tokens(block, model):
    result = headroom_nb.compress(asked(block), model=model)
    headline = str(result).splitlines()[0]
    assert "not known" in headline
    assert "0 on" not in headline


def test_checking_them_does_not_say_that_all_is_within_the_limits():
    assert "as far as it is known" in str(headroom_nb.check(asked(ADDRESS), model="gpt-5.6-sol"))


def test_arrays_without_a_name_are_numbered_from_1():
    image = np.zeros((40, 60, 3), np.uint8)
    assert [line.name for line in headroom_nb.estimate(image).lines] == ["image"]
    assert [line.name for line in headroom_nb.estimate([image, image]).lines] == ["image 1", "image 2"]
