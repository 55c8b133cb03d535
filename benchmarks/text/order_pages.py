"""Pages whose reading order is known, drawn in a browser: newspapers, magazines, boards, tables, captions, sidebars.

The words are invented and each stands once, so that every word's place can be compared.
"""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

from benchmarks.text.transcript_pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EACH = 4
"""Pages of a kind."""

_CONSONANTS, _VOWELS = "bdfgklmnprstv", "aeiou"

SERIFS = ("DejaVu Serif", "Liberation Serif", "Liberation Sans", "DejaVu Sans")


class Text:
    """Invented text: what it gives is the truth, in the order in which it was asked for."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._used: set[str] = set()
        self.given: list[str] = []
        self.other: list[str] = []

    def words(self, count: int) -> str:
        """Return new words, the first with a capital letter."""
        found: list[str] = []
        while len(found) < count:
            length = self._rng.randrange(2, 5)
            word = "".join(self._rng.choice(_CONSONANTS) + self._rng.choice(_VOWELS) for _ in range(length))
            word += self._rng.choice(("", "", "n", "s", "r", "l"))
            if word not in self._used:
                self._used.add(word)
                found.append(word)
        text = " ".join(found).capitalize()
        self.given.append(text)
        return text

    def prose(self, sentences: int) -> str:
        """Return a paragraph of sentences."""
        return " ".join(self.words(self._rng.randrange(6, 13)) + "." for _ in range(sentences))


def order_pages(seed: int = 6011) -> Iterator[Page]:
    """Yield pages of every kind; the truth is a list of the orders in which people read their text."""
    for number, kind in itertools.product(range(EACH), KINDS):
        rng = random.Random(f"{seed} {number} {kind}")
        text = Text(rng)
        body = KINDS[kind](text, rng)
        size = rng.choice((13, 14, 15))
        css = f"body{{font:{size}px/1.35 {rng.choice(SERIFS)!r};padding:26px;color:#181818;background:#fff}}{STYLE}"
        orders = ["\n".join(each) for each in (text.given, text.other) if each]
        yield Page(f"{kind} {number}", kind, f"<style>{css}</style>{body}", orders, 1, 1000)


STYLE = (
    "*{box-sizing:border-box}h1{font-size:2.3em;margin:.2em 0}h2{font-size:1.35em;margin:.3em 0}p{margin:0 0 .5em}"
    ".c{column-gap:18px;text-align:justify}.ad{border:2px solid #444;padding:10px;text-align:center;margin:8px 0}"
    ".pic{background:linear-gradient(#9ab,#576);height:120px}figure{margin:8px 0}figcaption{font-size:.82em}"
    "table{border-spacing:0}td,th{padding:4px 14px 4px 0;text-align:left;vertical-align:top}"
)


def _picture(text: Text, words: int = 7) -> str:
    return f"<figure><div class=pic></div><figcaption>{text.words(words)}.</figcaption></figure>"


def _newspaper(text: Text, rng: random.Random) -> str:
    """Draw three columns of two articles, an ad or a picture in one of them, a headline over all."""
    head = f"<h1>{text.words(4)}</h1>"
    extra = rng.randrange(3)
    columns = []
    for at in range(3):
        parts = [f"<h2>{text.words(4)}</h2>" if at != 1 else "", *(f"<p>{text.prose(3)}</p>" for _ in range(2))]
        if at == extra:
            parts.append(_picture(text) if rng.random() < 0.5 else f"<div class=ad><b>{text.words(3)}</b></div>")
        parts += [f"<p>{text.prose(3)}</p>" for _ in range(2)]
        columns.append(f"<div style='flex:1;text-align:justify'>{''.join(parts)}</div>")
    return f"{head}<div style='display:flex;gap:{rng.choice((14, 18, 24))}px'>{''.join(columns)}</div>"


def _magazine(text: Text, rng: random.Random) -> str:
    """Draw two columns whose first word has a drop capital, a picture with its caption over both."""
    drop = (
        "<style>.d::first-letter{float:left;font-size:"
        f"{rng.choice((2.8, 3.2, 4.1))}em;line-height:.82;padding-right:5px}}</style>"
    )
    head = f"<h1>{text.words(3)}</h1>{_picture(text) if rng.random() < 0.5 else ''}"
    columns = []
    for at in range(2):
        first = f"<p class={'d' if at == 0 or rng.random() < 0.5 else 'e'}>{text.prose(4)}</p>"
        rest = "".join(f"<p>{text.prose(3)}</p>" for _ in range(3))
        columns.append(f"<div style='flex:1'>{first}{rest}</div>")
    return f"{drop}{head}<div style='display:flex;gap:26px'>{''.join(columns)}</div>"


def _paper(text: Text, rng: random.Random) -> str:
    """Draw a title, an abstract over the page, two columns, a figure with its caption in one."""
    head = f"<h1 style='text-align:center'>{text.words(6)}</h1><p style='padding:0 90px'>{text.prose(4)}</p>"
    columns = []
    for at in range(2):
        parts = [f"<h2>{at + 1} {text.words(3)}</h2>", f"<p>{text.prose(5)}</p>"]
        if rng.random() < 0.7:
            parts.append(_picture(text, 14))
        parts.append(f"<p>{text.prose(5)}</p>")
        columns.append(f"<div style='flex:1;text-align:justify'>{''.join(parts)}</div>")
    return f"{head}<div style='display:flex;gap:{rng.choice((20, 28))}px'>{''.join(columns)}</div>"


def _sidebar(text: Text, rng: random.Random) -> str:
    """Draw a web page: a bar of links at the left, the article beside it."""
    links = "".join(f"<p>{text.words(rng.choice((1, 2, 2)))}</p>" for _ in range(9))
    article = f"<h2>{text.words(5)}</h2>" + "".join(f"<p>{text.prose(4)}</p>" for _ in range(4))
    bar = f"<div style='width:190px;background:{rng.choice(('#f1f3f5', '#fff'))};padding:8px'>{links}</div>"
    return f"<div style='display:flex;gap:30px'>{bar}<div style='flex:1'>{article}</div></div>"


def _board(text: Text, rng: random.Random) -> str:
    """Draw a board of cards: each column under its name, of different lengths."""
    card = "<div style='border:1px solid #ccc;border-radius:6px;padding:8px;margin:8px 0;background:#fff'>{}</div>"
    lengths = [rng.randrange(1, 6) for _ in range(rng.choice((3, 4)))]
    cells = [[text.words(2), *(text.words(rng.randrange(2, 5)) for _ in range(length))] for length in lengths]
    text.other = [cell for row in itertools.zip_longest(*cells) for cell in row if cell]  # as a table, row by row
    columns = "".join(
        f"<div style='flex:1;background:#eef0f3;padding:10px'><b>{name}</b>{''.join(map(card.format, cards))}</div>"
        for name, *cards in cells
    )
    return f"<div style='display:flex;gap:16px;align-items:flex-start'>{columns}</div>"


def _table(text: Text, rng: random.Random) -> str:
    """Draw a table with merged headers and rows of one filled cell."""
    groups = [text.words(2), text.words(2)]
    heads = [text.words(1) for _ in range(4)]
    top = f"<tr><th></th>{''.join(f'<th colspan=2>{name}</th>' for name in groups)}</tr>"
    rows = [f"<tr><th></th>{''.join(f'<th>{name}</th>' for name in heads)}</tr>"]
    for _ in range(rng.randrange(6, 12)):
        if rng.random() < 0.2:
            rows.append(f"<tr><td>{text.words(1)}</td><td></td><td></td><td></td><td></td></tr>")
            continue
        cells = (text.words(2 if at == 0 else 1) for at in range(5))
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return f"<table>{top}{''.join(rows)}</table><p>{text.prose(4)}</p>"


def _cards(text: Text, rng: random.Random) -> str:
    """Draw cards beside each other, each with a heading and some lines."""
    cards = [
        "<div style='flex:1;border:1px solid #bbb;padding:12px;border-radius:8px'>"
        f"<h2>{text.words(2)}</h2><p>{text.prose(rng.choice((2, 3)))}</p><p>{text.words(3)}</p></div>"
        for _ in range(3)
    ]
    return f"<div style='display:flex;gap:22px'>{''.join(cards)}</div>"


def _notes(text: Text, rng: random.Random) -> str:
    """Draw prose with a table of two columns in it, and a list."""
    start = f"<h2>{text.words(3)}</h2><p>{text.prose(4)}</p>"
    rows = "".join(f"<tr><td>{text.words(2)}</td><td>{text.words(rng.randrange(3, 9))}</td></tr>" for _ in range(6))
    items = "".join(f"<li>{text.words(6)}</li>" for _ in range(4))
    return f"{start}<table>{rows}</table><ul>{items}</ul><p>{text.prose(3)}</p>"


def _pictures(text: Text, rng: random.Random) -> str:
    """Draw a row of pictures, each with a caption of several lines under it."""
    start = f"<p>{text.prose(4)}</p>"
    shown = "".join(f"<div style='flex:1'>{_picture(text, rng.randrange(9, 16))}</div>" for _ in range(3))
    return f"{start}<div style='display:flex;gap:20px'>{shown}</div><p>{text.prose(4)}</p>"


KINDS: dict[str, Callable[[Text, random.Random], str]] = {
    "newspaper": _newspaper,
    "magazine": _magazine,
    "paper": _paper,
    "sidebar": _sidebar,
    "board": _board,
    "table": _table,
    "cards": _cards,
    "notes": _notes,
    "captions": _pictures,
}
"""How each kind of page is drawn."""
