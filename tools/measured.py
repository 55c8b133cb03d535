"""Writes the measurements into the docs, from ``benchmarks/results``: ``python tools/measured.py``.

``docs/measured.md`` is written whole; of the README the table between the two marks. A test renders both again and
compares, so a figure cannot differ from its measurement.
"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "measured.md"
README = ROOT / "README.md"
MARKS = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- end of results -->)", re.DOTALL)

HEAD = """# Measured

<!-- Written by tools/measured.py from benchmarks/results; do not edit. -->

Each figure comes from a JSON file in `benchmarks/results/`, and each section names the command that writes it. Times
are from two cores of an AMD EPYC without a GPU, Python 3.11. `DATA` is a folder of 78 real images and 195 labelled
questions.
"""

Row = tuple[object, ...]


@cache
def result(name: str) -> Any:
    """Return the results of one benchmark."""
    return json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text("utf-8"))


@dataclass(frozen=True)
class Section:
    """One benchmark on the page: heading, command, what to know, columns, and the rows from the results."""

    title: str
    command: str
    about: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[Row]]


def percent(share: float | None) -> str:
    """Return a share from 0 to 1 in percent."""
    return "–" if share is None else f"{100 * share:.0f} %"


def milliseconds(value: float) -> str:
    """Return milliseconds, with a digit after the point below 10."""
    return f"{value:,.1f} ms" if value < 10 else f"{value:,.0f} ms"


POLICIES = {
    "untouched": "as the images came",
    "safe": "headroom-nb, `safe`",
    "balanced": "headroom-nb, `balanced`",
    "max": "headroom-nb, `max`",
    "only full_low": "every image smaller",
    "only crop": "every image cropped",
    "only transcode": "every image as text",
    "always low": "low detail for all",
    "peer preserve": "headroom-ai 0.42, `preserve`",
    "peer full_low": "headroom-ai 0.42, `full_low`",
    "peer crop": "headroom-ai 0.42, `crop`",
    "peer transcode": "headroom-ai 0.42, `transcode`",
}
"""What the page calls the policies of the fidelity benchmark."""


def fidelity() -> list[Row]:
    """Return a row per model and policy, on drawn images."""
    return [
        (row["model"], POLICIES[row["policy"]], f"{row['saved_percent']:.0f} %", f"{row['of_preserve_percent']:.0f} %")
        for row in result("fidelity")["summary"]
        if row["policy"] in POLICIES
    ]


def halves() -> list[Row]:
    """Return a row per model and half of the real images at the standard quality."""
    return [
        (row["model"], row["half"], row["questions"], f"{row['saved_percent']:.1f} %", f"{row['strict_percent']:.1f} %")
        for row in result("fidelity-real")["summary"]
        if row["policy"] == "balanced" and row["half"] != "all"
    ]


def risks() -> list[Row]:
    """Return a row per tenth of the named risk."""
    return [
        (
            row["tenth"],
            row["questions"],
            f"{100 * row['risk']:.1f} %",
            f"{100 * row['lost']:.1f} %",
            " to ".join(f"{100 * bound:.1f} %" for bound in row["interval"]),
        )
        for row in result("fidelity-real")["calibration"]
        if row["half"] == "all"
    ]


def results_in_short() -> list[Row]:
    """Return the rows of the README's table: the standard quality on each model, on real and on drawn images."""
    kept = {"fidelity-real": "strict_percent", "fidelity": "of_preserve_percent"}
    shares = {
        (name, row["model"]): (f"{row['saved_percent']:.0f} %", f"{row[answers]:.1f} %")
        for name, answers in kept.items()
        for row in result(name)["summary"]
        if row["policy"] == "balanced" and row.get("half", "all") == "all"
    }
    models = [model for name, model in shares if name == "fidelity-real"]
    return [(model, *(share for name in kept for share in shares[name, model])) for model in models]


def proofs() -> Iterable[Row]:
    """Return what the proofs found of what was planted."""
    found = result("proof")
    calibrated, proven, verified, zoomed = (found[part] for part in ("calibrate", "prove", "verify", "zoom"))
    harm, none = proven["verdicts"]["harmful"], proven["verdicts"]["harmless"]
    yield "calibrate: the planted size found within 1 px", f"{calibrated['within_1_px']} of {calibrated['runs']} runs"
    yield "prove: a form that loses 30 % of 40 answers is called harmful", f"{harm['harmful']} of {proven['runs']}"
    yield "prove: a form that loses none is called harmful", f"{none['harmful']} of {proven['runs']}"
    yield "prove: a form that loses none is called harmless (else undecided)", f"{none['harmless']} of {proven['runs']}"
    yield "verify: hidden billing rules learned exactly", f"{verified['exact']} of {verified['rules']}"
    yield (
        f"zoom: tokens of {zoomed['pages']} pages, of those of the originals",
        f"{100 * zoomed['share_of_tokens']:.0f} %",
    )
    yield "zoom: answers", f"{zoomed['answers']} of {zoomed['pages']}"
    yield "zoom: turns in which the model looked, median", f"{zoomed['median_rounds']:g}"


def routers() -> list[Row]:
    """Return a row per router and quality."""
    return [
        (router, quality, *(percent(found["random"][key]) for key in ("strict", "lenient", "shrunk", "shrunk_badly")))
        for router, qualities in result("router").items()
        for quality, found in qualities.items()
        if isinstance(found, dict) and "random" in found
    ]


def reading() -> list[Row]:
    """Return what was read, by the package and by RapidOCR as it comes."""
    found = result("ocr")["summary"]
    of = found["with_truth"]
    return [
        (
            f"images of {of} with at least 90 % of their words",
            found["recall_at_least_0.9"],
            found["plain_recall_at_least_0.9"],
        ),
        ("mean share of the words", percent(found["mean_recall"]), percent(found["plain_mean_recall"])),
        ("readings under 60 % that were not refused", found["recall_under_0.6_not_refused"], "–"),
        ("speed, against RapidOCR", f"{found['wall_ratio']:.1f} ×", "1 ×"),
    ]


def budgets() -> Iterable[Row]:
    """Yield what budgets choose, how long that takes, and what a cache makes of long runs."""
    found = result("budgets")
    optimal = found["optimal"]
    yield "choices that are the best of all combinations", f"{optimal['optimal']:,} of {optimal['cases']:,}"
    for row in found["large"]:
        time = f"{milliseconds(row['median_ms'])}, at most {milliseconds(row['most_ms'])}"
        near = "the least risk" if row["exact"] == 1 else f"within {100 * row['most_bound']:.1f} % of the least risk"
        yield f"{row['images']} images", f"{time}; {near}"
    for row in found["runs"]:
        yield f"100 turns on {row['model']}", f"${row['usd']:.2f}, with the cache ${row['cached_usd']:.2f}"


def histories() -> Iterable[Row]:
    """Yield what ``history="auto"`` saves beside ``keep``, and which answers about the screens are still sent."""
    found = result("history")
    drawn = found["generated"]
    yield f"{drawn['runs']:,} drawn runs: all together", f"{percent(1 - drawn['all'])} less than with keep"
    yield "the same: the dearest run", f"{100 * (drawn['dearest'] - 1):.1f} % more than with keep"
    for model, row in found["recorded"].items():
        money = f"${row['auto_usd']:.2f} instead of ${row['keep_usd']:.2f}, {percent(row['saved'])} less"
        answers = sum(row["answers"]["auto"].values())
        yield f"{row['screens']} recorded screens, {model}", f"{money}; {answers} of {row['questions']} answers sent"


def bills() -> list[Row]:
    """Return how many known bills are met, by provider."""
    return [
        (
            "all" if provider == "all" else provider,
            found["vectors"],
            found["headroom_nb"],
            found["litellm token_counter"],
        )
        for provider, found in result("cost_peers")["exact"].items()
    ]


def speed() -> list[Row]:
    """Return first and second calls, and memory."""
    rows = []
    for name, sides in result("speed")["rows"].items():
        ours, peer = sides.get("ours"), sides.get("peer")
        if ours is None:
            continue
        theirs = ("–", "–") if peer is None else (milliseconds(peer["first_ms"]), f"{peer['delta_mb']:.0f} MB")
        again = milliseconds(ours["again_ms"])
        rows.append((name, milliseconds(ours["first_ms"]), again, f"{ours['delta_mb']:.0f} MB", *theirs))
    return rows


def growth() -> list[Row]:
    """Return what one more image costs in conversations of some lengths, in CPU time."""
    sides = result("speed")["growth"]
    turns = {side: {turn["images"]: turn["cpu_ms"] for turn in found["turns"]} for side, found in sides.items()}
    both = [images for images in (1, 20, 50, 100, 200) if all(images in found for found in turns.values())]
    return [(images, *(milliseconds(found[images]) for found in turns.values())) for images in both]


def overheads() -> list[Row]:
    """Return what the package costs where it does nothing."""
    return [
        (name.removesuffix(", ms more").removesuffix(", ms"), milliseconds(value))
        for name, value in result("overheads").items()
    ]


def loop_lag() -> list[Row]:
    """Return how long an event loop is held up."""
    found = result("async_lag")
    first = found["largest lag of the first image, ms"]
    return [
        ("64 requests at once: 99 of 100 turns of the loop", milliseconds(found["openai"]["p99_lag_ms"])),
        ("the same: the longest wait", milliseconds(found["openai"]["largest_lag_ms"])),
        ("the same with a client that is not wrapped", milliseconds(found["not wrapped"]["openai"]["largest_lag_ms"])),
        ("the first image of a process", milliseconds(first["as it is"])),
        ("the same, where one image was compressed before", milliseconds(first["one image compressed before"])),
        ("work of a cancelled call goes on for", milliseconds(1000 * found["cancelled"]["median_s"])),
    ]


def batches() -> list[Row]:
    """Return items a second by who works."""
    found = result("scale")
    return [(crew, f"{one['items_per_second']:.0f}") for crew, one in found["crews"].items()]


def memory() -> list[Row]:
    """Return what long runs hold."""
    leak, soak = result("scale")["leak"], result("soak")
    return [
        (f"{leak['calls']:,} calls: growth in the second half", f"{leak['growth_mb']:.0f} MB"),
        (f"{soak['minutes']:.0f} minutes of mixed calls: in use", f"{soak['used_mb']['settled_mean']:,.0f} MB"),
        ("the same: growing", "no" if soak["flat"] else "yes"),
    ]


HELD = {
    "five": "five mixed images",
    "thirty": "thirty mixed images",
    "photo": "a photo of 12 megapixels",
    "many": "1,000 photos of 12 megapixels in one conversation",
    "strip": "a screenshot of 800 × 60,000",
    "large": "a PNG of 64 megapixels",
}


def held() -> list[Row]:
    """Return what a call leaves behind and takes at most."""
    found = result("memory")
    return [
        (about, f"{found[name]['kept_mb']} MB", f"{found[name]['peak_mb']} MB")
        for name, about in HELD.items()
        if name in found
    ]


def hostile() -> list[Row]:
    """Return how hostile files are met."""
    found = result("bombs")
    return [
        ("files", f"{found['files']:,}"),
        ("kinds", len(found["kinds"])),
        ("refused", f"{found['refused']:,}"),
        ("took more than 10 ms", found["over_10_ms"]),
        ("took more than 5 MB", found["over_5_mb"]),
    ]


def front_end() -> list[Row]:
    """Return what is seen in the browser."""
    frames, lab = result("front_end")["frames"], result("lab_extension")["measured"]
    return [
        ("a frame of a dragged crop on 12 megapixels, median", milliseconds(max(one["median_ms"] for one in frames))),
        ("the same, 95 of 100", milliseconds(max(one["p95_ms"] for one in frames))),
        ("the JupyterLab extension", f"{lab['bundle_kb']:.0f} KB"),
        (f"500 images of {lab['folder_mb']:.0f} MB priced in JupyterLab", f"{lab['folder_s']:.2f} s"),
    ]


def installed() -> list[Row]:
    """Return the size of fresh installations."""
    found = result("install_size")
    rows: list[Row] = [(f"`{what}`", one["packages"], f"{one['mb']:,} MB") for what, one in found["rows"].items()]
    large = found["rows"]["headroom-nb"].get("large", {})
    parts: list[Row] = [(f"of the first: `{name}`", 1, f"{size} MB") for name, size in large.items()]
    return [*rows, *parts, ("the wheel itself", 1, f"{found['wheel_mb']:.0f} MB")]


REAL_COMMAND = "python -m benchmarks.fidelity --data ANSWERS --policies untouched balanced"

SECTIONS = (
    Section(
        "Answers kept, on real images",
        REAL_COMMAND,
        "The standard quality on 144 questions about real images with known answers. "
        "The judge reads 75 % of the model's view by OCR; it is not the vision model itself, "
        "and what it cannot read in the image as it came is left out. Thresholds were set on drawn images and on the "
        "even half; the odd half shows what they do elsewhere.",
        ("Model", "Half", "Questions", "Tokens saved", "Answers kept"),
        halves,
    ),
    Section(
        "Named risk beside answers lost",
        REAL_COMMAND,
        "The same, by tenths of the named risk; the interval is where 95 in 100 outcomes of that risk lie. What the "
        "judge loses at no risk it lost in a view of other pixels that shows as much.",
        ("Tenth", "Questions", "Risk named", "Lost", "Interval"),
        risks,
    ),
    Section(
        "Answers kept, on drawn images",
        "python -m benchmarks.fidelity --per-kind 2 --peer build/peer-venv",
        "Questions with known answers. Whether an answer survives is measured with OCR and image comparison, not "
        "with the vision models themselves. headroom-ai's decision was fixed for each of its rows.",
        ("Model", "Policy", "Tokens saved", "Answers kept"),
        fidelity,
    ),
    Section(
        "Proofs",
        "python -m benchmarks.fidelity.proof",
        "Against planted readers, hidden rules and a local stand-in that reads what it receives by OCR. The reader of "
        "the 100 calibrations goes by sizes, without OCR. For prove, 3 % of all answers differ at random.",
        ("What", "Result"),
        proofs,
    ),
    Section(
        "The router",
        "python -m benchmarks.deciding.router DATA",
        "155 questions from public sets. *Labelled*: the technique of the label. *Defensible*: one that can be "
        "defended. *Shrunk*: images that the label keeps and the router made smaller; *indefensibly*: where no other "
        "choice can be defended.",
        ("Router", "Quality", "Labelled", "Defensible", "Shrunk", "Indefensibly"),
        routers,
    ),
    Section(
        "Reading text",
        "python -m benchmarks.text.ocr DATA",
        "Against RapidOCR with its own settings.",
        ("What", "headroom-nb", "RapidOCR"),
        reading,
    ),
    Section(
        "Bills",
        "python -m benchmarks.cost.peers --litellm PYTHON",
        "Bills that providers documented or returned; right means exact, or within the range that is stated.",
        ("Provider", "Known bills", "headroom-nb", "LiteLLM's counter"),
        bills,
    ),
    Section(
        "Budgets and caches",
        "python -m benchmarks.cost.budgets",
        "Forms chosen within a budget: against every combination on two to eight images, and the time of the choice "
        "among 14 forms each. Runs of 100 turns that each add a screenshot, priced by the simulator.",
        ("What", "Result"),
        budgets,
    ),
    Section(
        "Long conversations",
        "python -m benchmarks.cost.history",
        "Dollars of all requests of a run with the provider's cache, `history=auto` beside `history=keep`, which "
        "compresses each image by itself. Drawn: up to 100 requests on models of several caches. Recorded: the demo's "
        "run of an agent; questions about its current and earlier screens, whose answers OCR finds in what is sent.",
        ("What", "Result"),
        histories,
    ),
    Section(
        "Speed",
        "make peer bench-speed",
        "First call of a loaded process, the same call again, and the memory that the first one added.",
        ("What", "First", "Again", "Memory", "headroom-ai, first", "headroom-ai, memory"),
        speed,
    ),
    Section(
        "One more image",
        "make peer bench-speed",
        "CPU time of the turn that brings a conversation to so many images.",
        ("Images", "headroom-nb", "headroom-ai"),
        growth,
    ),
    Section(
        "Overheads",
        "python -m benchmarks.speed.overheads",
        "Where there is little or nothing to do.",
        ("What", "Time"),
        overheads,
    ),
    Section(
        "Asynchronous clients",
        "python -m benchmarks.speed.async_lag",
        "How long the event loop waits for a turn while an asynchronous client of OpenAI's sends pages of text. In the "
        "longest wait of all the SDK's own first turn is included.",
        ("What", "Time"),
        loop_lag,
    ),
    Section(
        "Batches",
        "python -m benchmarks.speed.scale",
        "10,000 message lists of 382 MB together.",
        ("Workers", "Lists a second"),
        batches,
    ),
    Section(
        "Memory of a call",
        "python -m benchmarks.weight.memory",
        "Resident memory of a fresh process, with the default router and OCR: what it holds after the call beyond what "
        "it held after the import, and the most it held in all, libraries and messages (the 1,000: 267 MB) included.",
        ("Images", "Held afterwards", "Most"),
        held,
    ),
    Section(
        "Memory over time",
        "python -m benchmarks.speed.scale --leak 100000; python -m benchmarks.weight.soak --minutes 30",
        "The first fifth of the calls is left out.",
        ("What", "Figure"),
        memory,
    ),
    Section(
        "Hostile files", "python -m benchmarks.safety.bombs", "Bombs and broken files.", ("What", "Figure"), hostile
    ),
    Section(
        "In the browser",
        "python -m benchmarks.front_end; python -m benchmarks.front_end.lab_extension",
        "In Chromium.",
        ("What", "Figure"),
        front_end,
    ),
    Section(
        "Installed",
        "python -m benchmarks.weight.install_size dist/headroom_nb-*.whl",
        "Fresh environments; the first row and its packages were measured last, the two other environments when the "
        "first took 461 MB.",
        ("What", "Packages", "Size"),
        installed,
    ),
)


def table(columns: tuple[str, ...], rows: Iterable[Row]) -> str:
    """Return a Markdown table."""
    lines = [columns, ("---",) * len(columns), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def page() -> str:
    """Return ``docs/measured.md``."""
    parts = [HEAD]
    for section in SECTIONS:
        commands = " and ".join(f"`{command}`" for command in section.command.split("; "))
        about = textwrap.fill(section.about, 120)
        rows = table(section.columns, section.rows())
        parts.append(f"## {section.title}\n\n{about}\n\n{rows}\nMeasured with {commands}.\n")
    return "\n".join(parts)


def readme(text: str) -> str:
    """Return the README with its table of results."""
    heads = ("On", "Real images: tokens saved", "answers kept", "Drawn images: saved", "kept")
    found = table(heads, results_in_short())
    return MARKS.sub(lambda _: f"\n{found}\n", text)


def main() -> None:
    """Write both."""
    PAGE.write_text(page(), "utf-8")
    README.write_text(readme(README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
