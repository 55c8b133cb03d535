from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.batch import json_arrays
from headroom_nb.batch.json_arrays import elements, find_array

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='a"\\[]{},:é\n', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='k"\\[', max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


def parts_of(text: str, keys: tuple[str, ...] = ("requests",)) -> list[object] | None:
    data = text.encode()
    place = find_array(io.BytesIO(data), len(data), keys)
    if place is None:
        return None
    file = io.BytesIO(data)
    return [json.loads(data[start:stop]) for start, stop in elements(file, place.start, place.stop)]


@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 0, 2]), st.booleans())
def test_the_elements_of_any_array_are_found(values, indent, ascii_only):
    assert parts_of(json.dumps(values, indent=indent, ensure_ascii=ascii_only)) == values


@given(VALUES, st.lists(VALUES, max_size=4), VALUES)
def test_an_array_is_found_under_its_key_whatever_stands_beside_it(before, values, after):
    text = json.dumps({"meta": before, "requests": values, "rest": after})
    assert parts_of(text) == values


@given(st.lists(VALUES, min_size=1, max_size=4), st.integers(2, 9))
def test_what_is_read_at_a_time_changes_nothing(values, chunk):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_arrays, "CHUNK", chunk)
        assert parts_of(json.dumps(values)) == values


@pytest.mark.parametrize(
    "text", ["", "3", '"requests"', '{"other": [1]}', '{"a": {"requests": [1]}}', "[1, 2", '{"requests": [1}', "[] []"]
)
def test_no_array_is_made_up(text):
    assert parts_of(text) is None


def test_white_space_alone_is_no_element():
    assert parts_of("[ \n ]") == []
    assert parts_of("[ 1 ]") == [1]
