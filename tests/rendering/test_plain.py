from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.rendering import figures, markup, plain

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=80)


@given(ANY_TEXT)
def test_any_text_becomes_one_line_that_every_output_can_encode(text):
    line = plain.one_line(text)
    line.encode("utf-8")
    assert not any(unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} for character in line)
    assert plain.one_line(line) == line


@given(ANY_TEXT, st.integers(1, 40))
def test_shortened_text_takes_at_most_the_columns_given(text, columns):
    assert plain.width(plain.shorten(text, columns)) <= columns


@given(ANY_TEXT, st.integers(0, 40), st.booleans())
def test_padded_text_takes_at_least_the_columns_given(text, columns, right):
    line = plain.one_line(text)
    assert plain.width(plain.pad(line, columns, right=right)) == max(columns, plain.width(line))


@given(ANY_TEXT)
def test_escaped_text_reads_as_the_text_and_holds_no_markup_of_its_own(text):
    escaped = markup.escape(text)
    bare = escaped.replace("<span>", "").replace("</span>", "")
    assert "<" not in bare
    assert ">" not in bare
    assert html.unescape(bare) == plain.one_line(text)
    attribute = markup.attribute(text)
    assert '"' not in attribute
    assert html.unescape(attribute) == plain.one_line(text)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (None, "–"),
        (0, "$0"),
        (12.345, "$12.35"),
        (1234.5, "$1,234.50"),
        (0.5, "$0.50"),
        (0.0124, "$0.012"),
        (0.00019125, "$0.00019"),
        (4e-7, "$0.00000040"),
    ],
)
def test_money_keeps_two_significant_digits(amount, shown):
    assert figures.usd(amount) == shown


@pytest.mark.parametrize(
    ("share", "shown"), [(None, "–"), (0, "0 %"), (0.0001, "1 %"), (0.999, "99 %"), (1, "100 %"), (0.555, "56 %")]
)
def test_only_everything_is_100_percent_and_only_nothing_is_0(share, shown):
    assert figures.percent(share) == shown


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (999_499, "999 kB"), (2_500_000, "2.5 MB")]
)
def test_bytes_have_a_unit(count, shown):
    assert figures.data(count) == shown
