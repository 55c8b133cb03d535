"""Pages whose marks carry the meaning: sixteen kinds, each drawn in several ways; the truth is what must be written."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

from benchmarks.text.transcript_pages import FONTS, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

NAMES = (
    "Offline use",
    "Shared folders",
    "Night mode",
    "Audit log",
    "Parking",
    "Breakfast",
    "Quiet room",
    "Late arrival",
    "Room service",
    "Daily report",
    "Two keys",
    "Window seat",
)

THEMES = (
    ("#fff", "#1a1a1a"),
    ("#1b1d22", "#e6e6e6"),
    ("#f7f5ef", "#2b2b2b"),
    ("#0f172a", "#dbe4f0"),
    ("#eef2f7", "#0b1b2b"),
)
"""Grounds and inks."""

_SVG = "<svg width='{0}' height='{0}' viewBox='0 0 16 16' style='vertical-align:middle'>{1}</svg>"
TICK = "<path d='M2 8l4 4 8-9' fill='none' stroke='{}' stroke-width='2.2'/>"
CROSS = "<path d='M3 3l10 10M13 3L3 13' fill='none' stroke='{}' stroke-width='2.2'/>"
STAR = "<path d='M8 1l2.1 4.6 5 .5-3.8 3.4 1.1 5L8 11.9 3.6 14.5l1.1-5L.9 6.1l5-.5z' fill='{0}' stroke='{1}'/>"


def mark_pages(each: int = 13, seed: int = 977) -> Iterator[Page]:
    """Yield pages of every kind; the truth is a list of what the text must hold, in order."""
    rng = random.Random(seed)
    for index, kind in itertools.product(range(each), KINDS):
        chosen = rng.sample(NAMES, 5)
        states = [True, False, *(rng.random() < 0.5 for _ in range(3))]
        rng.shuffle(states)
        rows, truth = KINDS[kind](chosen, states, rng)
        size, (ground, ink) = rng.choice((13, 14, 16, 18)), rng.choice(THEMES)
        css = (
            f"body{{font:{size}px {rng.choice(FONTS)!r};padding:22px;line-height:{rng.choice((1.7, 1.9, 2.2))};"
            f"background:{ground};color:{ink}}}td{{padding:2px {rng.choice((16, 22, 40))}px 2px 0}}p{{margin:0}}"
        )
        yield Page(f"{kind} {index}", kind, f"<style>{css}</style>{rows}", truth, rng.choice((1, 2)), 620)


def _lines(cells: Iterable[str]) -> str:
    return "".join(f"<p>{cell}</p>" for cell in cells)


def _table(pairs: Iterable[tuple[str, str]]) -> str:
    return "<table>" + "".join(f"<tr><td>{one}</td><td>{other}</td></tr>" for one, other in pairs) + "</table>"


def _box(style: str, inside: str = "") -> str:
    return f"<i style='display:inline-block;vertical-align:middle;line-height:0;text-align:center;{style}'>{inside}</i>"


def _boxes(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    accent = rng.choice(("#1a73e8", "#188038", "#7b1fa2"))
    square = "width:1em;height:1em;border-radius:3px;margin-right:.6em;"
    looks = (
        ("<input type=checkbox checked> ", "<input type=checkbox> "),
        (
            _box(f"{square}background:{accent}", _SVG.format("80%", TICK.format("#fff"))),
            _box(f"{square}border:1.5px solid #8889;box-sizing:border-box"),
        ),
        ("\u2611 ", "\u2610 "),
    )
    on_look, off_look = rng.choice(looks)
    rows = _lines(f"{on_look if on else off_look}{name}" for name, on in zip(names, states, strict=True))
    return rows, ["\u2611" if on else "\u2610" for on in states]


def _radios(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    first = states.index(True)
    accent = rng.choice(("#1a73e8", "#c2185b", "#444"))
    ring = f"width:1em;height:1em;border-radius:50%;box-sizing:border-box;margin-right:.6em;border:2px solid {accent};"
    dot = f"<b style='display:block;width:50%;height:50%;margin:25%;border-radius:50%;background:{accent}'></b>"
    looks = (
        ("<input type=radio checked> ", "<input type=radio> "),
        (_box(ring, dot), _box(ring)),
        ("\u25c9 ", "\u25cb "),
    )
    chosen, other = rng.choice(looks)
    rows = _lines(f"{chosen if at == first else other}{name}" for at, name in enumerate(names))
    return rows, ["\u25c9" if at == first else "\u25cb" for at in range(len(names))]


def _struck(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    style = rng.choice(
        (
            "text-decoration:line-through",
            "text-decoration:line-through;text-decoration-color:#d33;text-decoration-thickness:2px",
            "text-decoration:line-through;opacity:.6",
        )
    )
    rows = _lines(
        f"<span style='{style}'>{name}</span>" if on else name for name, on in zip(names, states, strict=True)
    )
    return rows, [f"~~{name}~~" if on else name for name, on in zip(names, states, strict=True)]


def _dots(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    green, red = rng.choice((("#1fa33c", "#d42a2a"), ("#2e9e44", "#e53935"), ("#00a152", "#c62828")))
    size, corner = rng.choice((".6em", ".75em", ".95em")), rng.choice(("50%", "50%", "3px"))
    dots = [
        _box(f"width:{size};height:{size};border-radius:{corner};background:{green if on else red}") for on in states
    ]
    pairs = zip(dots, names, strict=True) if rng.random() < 0.5 else zip(names, dots, strict=True)
    return _table(pairs), ["[green]" if on else "[red]" for on in states]


def _coloured(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    green, red = rng.choice((("#188038", "#c5221f"), ("#2e7d32", "#d32f2f"), ("#1b9e5a", "#e03131")))
    weight = rng.choice(("normal", "bold"))
    words = rng.random() < 0.5
    said = [("running" if on else "stopped") if words else f"{rng.randrange(100, 999)} units" for on in states]
    cell = "<span style='font-weight:{};color:{}'>{}</span>"
    rows = _table(
        (name, cell.format(weight, green if on else red, text))
        for name, on, text in zip(names, states, said, strict=True)
    )
    return rows, ["[green]" if on else "[red]" for on in states]


def _arrows(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    up, down = rng.choice((("", ""), ("color:#188038", "color:#c5221f")))
    triangle = (
        "width:0;height:0;border-left:.4em solid transparent;border-right:.4em solid transparent;border-{}:.7em solid;"
    )
    looks = (
        (f"<span style='{up}'>\u25b2</span>", f"<span style='{down}'>\u25bc</span>"),
        (_box(f"{triangle.format('bottom')}{up}"), _box(f"{triangle.format('top')}{down}")),
        (f"<span style='{up}'>\u2191</span>", f"<span style='{down}'>\u2193</span>"),
    )
    at = rng.randrange(3)
    rows = _table(
        (name, f"{looks[at][0 if on else 1]} {rng.randrange(10, 99)}") for name, on in zip(names, states, strict=True)
    )
    return rows, ["▲" if on else "▼" for on in states]  # written as such, whatever they are drawn like


def _stars(names: list[str], _states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    counts = [rng.randrange(1, 6) for _ in names]
    gold, pale = rng.choice((("#f4b400", "#c8c8c8"), ("#e8a317", "#d9d9d9")))
    looks = (
        ("\u2605", "\u2606"),
        (f"<span style='color:{gold}'>\u2605</span>", f"<span style='color:{pale}'>\u2605</span>"),
        (_SVG.format("1.1em", STAR.format(gold, gold)), _SVG.format("1.1em", STAR.format("none", gold))),
    )
    full, empty = rng.choice(looks)
    rows = _table((name, full * count + empty * (5 - count)) for name, count in zip(names, counts, strict=True))
    return rows, [f"{count} of 5" for count in counts]


def _chat(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    mine, other = rng.choice((("#8883", "#8883"), ("#1a73e8;color:#fff", "#8884"), ("#cdeac0;color:#111", "#8883")))
    corner, width = rng.choice(("4px", "9px", "16px")), rng.choice(("", "max-width:70%;"))
    bubble = (
        "<div style='text-align:{}'><span style='display:inline-block;line-height:1.4;margin:3px 0;"
        f"{width}border-radius:{corner};padding:4px 10px;background:{{}}'>{{}}</span></div>"
    )
    texts = [f"{rng.choice(('And', 'What about', 'Please add'))} {name.lower()}{rng.choice('?.!')}" for name in names]
    rows = "".join(
        bubble.format("right" if on else "left", mine if on else other, text)
        for text, on in zip(texts, states, strict=True)
    )
    return rows, ["right:" if on else "left:" for on in states]


def _raised(names: list[str], _states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    powers = [str(rng.randrange(11, 29)) for _ in names]
    raised = str.maketrans("0123456789", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
    style = rng.choice(("", "<style>sup{font-size:.65em}</style>", "<style>sup{line-height:0}</style>"))
    factor = rng.choice(("", "3 \u00d7 ", "about "))
    rows = _lines(f"{name} {factor}10<sup>{power}</sup> parts" for name, power in zip(names, powers, strict=True))
    return style + rows, [f"10{power.translate(raised)}" for power in powers]


def _redline(names: list[str], _states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    old, new = rng.choice((("#c00", "#06c"), ("#b3261e", "#146c2e"), ("#d6336c", "#1971c2")))
    line = rng.choice(("underline", "none"))
    rows = _lines(
        f"The room has <del style='color:{old}'>{one.lower()}</del> "
        f"<ins style='color:{new};text-decoration:{line}'>{other.lower()}</ins> today"
        for one, other in itertools.pairwise(names)
    )
    return rows, [f"~~{one.lower()}~~" for one in names[:-1]]


def _ticks(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    green, red = rng.choice((("currentColor", "currentColor"), ("#188038", "#c5221f")))
    looks = (
        (f"<span style='color:{green}'>\u2713</span>", f"<span style='color:{red}'>\u2717</span>"),
        (f"<span style='color:{green}'>\u2714</span>", f"<span style='color:{red}'>\u2718</span>"),
        (_SVG.format("1em", TICK.format(green)), _SVG.format("1em", CROSS.format(red))),
    )
    tick, cross = rng.choice(looks)
    rows = _table((name, tick if on else cross) for name, on in zip(names, states, strict=True))
    return rows, ["\u2713" if on else "\u2717" for on in states]


def _switches(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    colour, corner = rng.choice(("#1a73e8", "#34c759", "#7c4dff")), rng.choice(("1em", "1em", "4px"))
    width = rng.choice(("1.8em", "2em", "2.3em"))
    switch = (
        f"<i style='display:inline-block;width:{width};height:1.1em;border-radius:{corner};background:{{}};"
        f"position:relative'><b style='position:absolute;top:.12em;{{}}:.12em;width:.85em;height:.85em;background:#fff;"
        f"border-radius:{corner}'></b></i>"
    )
    rows = _table(
        (name, switch.format(colour if on else "#9aa0a6", "right" if on else "left"))
        for name, on in zip(names, states, strict=True)
    )
    return rows, ["[on]" if on else "[off]" for on in states]


def _highlighted(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    code, colour = rng.choice((("#ffe34d", "yellow"), ("#b9f6a5", "green"), ("#fff176", "yellow"), ("#a7e8ff", "cyan")))
    rows = _lines(
        f"<span style='background:{code};color:#111'>{name}</span>" if on else name
        for name, on in zip(names, states, strict=True)
    )
    return rows, [f"[on {colour}] {name}" if on else name for name, on in zip(names, states, strict=True)]


def _bold(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    rows = _table(
        (f"<b>{name}</b>", f"<b>{rng.randrange(10, 60)} new</b>") if on else (name, f"{rng.randrange(10, 60)} read")
        for name, on in zip(names, states, strict=True)
    )
    return rows, [f"**{name}" if on else name for name, on in zip(names, states, strict=True)]


def _selected(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    first = states.index(True)
    ground, ink = rng.choice((("#1a73e8", "#fff"), ("#cfe2ff", "#111"), ("#8883", "inherit")))
    rows = "".join(
        f"<div style='padding:0 10px;{f'background:{ground};color:{ink}' if at == first else ''}'>{name}</div>"
        for at, name in enumerate(names)
    )
    colour = {"#1a73e8": "blue", "#cfe2ff": "blue"}.get(ground, "grey")
    return rows, [f"[on {colour}] {names[first]}"]


def _ringed(names: list[str], states: list[bool], rng: random.Random) -> tuple[str, list[str]]:
    colour = rng.choice(("#d32f2f", "#1565c0", "currentColor"))
    rows = _lines(
        f"<span style='border:2px solid {colour};border-radius:50%;padding:1px 12px'>{name}</span>" if on else name
        for name, on in zip(names, states, strict=True)
    )
    return rows, [f"[ring] {name}" if on else name for name, on in zip(names, states, strict=True)]


KINDS: dict[str, Callable[[list[str], list[bool], random.Random], tuple[str, list[str]]]] = {
    "check boxes": _boxes,
    "radio buttons": _radios,
    "struck": _struck,
    "coloured dots": _dots,
    "coloured text": _coloured,
    "arrows": _arrows,
    "stars": _stars,
    "chat": _chat,
    "raised digits": _raised,
    "tracked changes": _redline,
    "ticks and crosses": _ticks,
    "switches": _switches,
    "highlighted": _highlighted,
    "bold": _bold,
    "selected row": _selected,
    "ringed": _ringed,
}
"""How each kind of mark is drawn, and what a transcript of it must hold."""
