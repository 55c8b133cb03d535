import numpy as np

from headroom_nb.techniques.transcript.drawings import told_by_drawings
from headroom_nb.techniques.transcript.exact import is_doubt
from headroom_nb.techniques.transcript.shapes import Seen

L, ONE = np.zeros((20, 10), dtype=np.float32), np.zeros((20, 10), dtype=np.float32)
L[2:18, 5] = ONE[4:18, 5] = 1
L[2, 2:6] = L[17, 2:9] = 1
ONE[5, 3] = ONE[6, 2] = ONE[17, 3:8] = 1


def line(text, drawn):
    """Return a line whose l and 1 are drawn as told by ``drawn``, one for each."""
    inks = iter(drawn)
    return [Seen(char, 0.99, ink=next(inks) if char in "l1" else None) for char in text]


def told(*lines):
    seen = [line(text, inks) for text, inks in lines]
    return ["".join(found.get(at, one.text) for at, one in enumerate(row)) for row, found in zip(
        seen, told_by_drawings(seen), strict=True
    )]  # fmt: skip


WORDS = [("self url", [L, L]), ("wall - 1", [L, L, ONE]), ("cell 21", [L, L, ONE])]


def test_a_name_is_read_by_the_drawings_of_the_page():
    assert told(*WORDS, ("x_1l0", [L, ONE]))[-1] == "x_l10"


def test_letters_that_were_read_as_a_number_do_not_spoil_the_drawings_of_numbers():
    assert told(*WORDS, ("for 11 in", [L, L]), ("x_11_", [L, L]))[-1] == "x_ll_"


def test_a_one_in_bold_that_was_read_as_an_l_is_doubtful():
    bold = ONE + 0.55 * np.roll(ONE, 1, axis=1)
    assert told(*WORDS, ("Cocoal", [bold]))[-1] == "Cocoa‹l|1›"
    assert told(*WORDS, ("Cocoal", [L + 0.55 * np.roll(L, 1, axis=1)]))[-1] == "Cocoal"


def test_a_one_that_was_read_surely_is_not_overruled_by_an_i_that_it_is_nearly_like():
    dotted = ONE.copy()
    dotted[4:6] = 0
    dotted[2, 5] = 1
    between = 0.5 * ONE + 0.5 * dotted
    lines = [line(text, inks) for text, inks in WORDS]
    lines.append([Seen(char, 0.99, ink=dotted if char == "i" else None) for char in "ratio this"])
    lines.append([*(Seen(char) for char in "sol"), Seen("0"), Seen("1", 0.99, ink=between)])
    assert told_by_drawings(lines)[-1].get(4, "1") == "1"


def test_what_nothing_on_the_page_is_like_stays_as_it_was_read():
    other = np.roll(L, 3, axis=0) * 0.3 + np.eye(20, 10, dtype=np.float32)
    assert told(*WORDS, ("x_1_", [other]))[-1] == "x_1_"


def test_a_doubtful_character_is_settled_by_the_drawings():
    lines = [line(text, inks) for text, inks in WORDS]
    lines.append([Seen("x"), Seen("_"), Seen("‹1|l›", 0.95, ink=L), Seen("0")])
    found = told_by_drawings(lines)[-1]
    assert found == {2: "l"}
    assert not is_doubt(found[2])
