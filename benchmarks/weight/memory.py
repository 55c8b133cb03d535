"""How much memory a process holds after reading images, and the most it held meanwhile.

::

    python -m benchmarks.weight.memory [--data FOLDER] [--only five thirty photo many strip large] [--out FILE.json]

Each scenario runs in a fresh process. "kept" is the resident memory at the end above that after the import, "peak" the
most that the process ever held in all (its messages and the interpreter included), "above_load_mb" the most that it
held above what it does once the libraries and the models are loaded (a first small image loads them), and "released"
what is still held after ``headroom_nb.release()``. Images are those of the demo, moved by a few pixels so that no cache
knows them; ``--data`` takes the files of a folder instead. CPU seconds stand beside each, as memory is easily bought
with time.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
QUESTIONS = (
    "Transcribe it, line by line.",
    "What is the trend?",
    "Describe it.",
    "What stands in it?",
    "Why did it fail?",
)
BARS = {
    "five": {"kept_mb": 300, "peak_mb": 600},
    "thirty": {"kept_mb": 350, "peak_mb": 600},
    "photo": {"above_load_mb": 90},
    "many": {"peak_mb": 700},
    "strip": {"peak_mb": 700},
    "large": {"peak_mb": 700},
}
"""What each scenario may take."""


def status(name: str) -> float:
    """Return a figure of this process, in MB: ``VmRSS`` for what it holds, ``VmHWM`` for the most it held."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"this system does not tell {name}")


def mixed(folder: str) -> Iterator[bytes]:
    """Yield images without end: a folder's, or those of the demo."""
    if folder:
        paths = sorted(path for path in Path(folder).iterdir() if path.suffix in {".png", ".jpg", ".jpeg", ".webp"})
        yield from (path.read_bytes() for path in paths)
        return
    from PIL import Image, ImageChops

    from headroom_nb import demo

    for turn in range(1000):
        for name in demo.PICTURES:
            if not turn:
                yield demo.picture(name)
                continue
            image = Image.open(io.BytesIO(demo.picture(name))).convert("RGB")
            yield saved(ImageChops.offset(image, 3 * turn, 5 * turn), "PNG")


def saved(image: Any, kind: str, **options: Any) -> bytes:
    """Return an image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def many() -> Iterator[bytes]:
    """Yield a thousand different JPEGs of 12 megapixels, each with another comment and a corner of its own."""
    from PIL import Image

    image = Image.radial_gradient("L").resize((4000, 3000)).convert("RGB")
    data = saved(image, "JPEG", quality=60)
    for number in range(1000):
        note = number.to_bytes(4, "big")
        yield data[:2] + b"\xff\xfe\x00\x06" + note + data[2:]


def strip() -> bytes:
    """Return a screenshot of 800 × 60,000 pixels, text from top to bottom."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (800, 60_000), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(14)
    for line in range(3000):
        draw.text(
            (20, 20 * line), f"{line:05d} token budget of kernel cell {line * 7919 % 10007}", fill="black", font=font
        )
    return saved(image, "PNG")


def large() -> bytes:
    """Return a PNG of 64 megapixels."""
    from PIL import Image

    return saved(Image.radial_gradient("L").resize((8000, 8000)).convert("RGB"), "PNG")


def message(data: bytes, question: str) -> dict[str, Any]:
    """Return a user's turn."""
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    url = f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
    text = {"type": "text", "text": question}
    return {"role": "user", "content": [text, {"type": "image_url", "image_url": {"url": url}}]}


def scenario(name: str, folder: str, ready: Path) -> list[Any]:
    """Return the calls of a scenario, each a message list; drawn in another process, so that this one stays small."""
    if ready.exists():
        return list(json.loads(ready.read_text("ascii")))
    asked = iter(range(10**6))
    turns = {
        "five": lambda: [[message(data, QUESTIONS[next(asked) % 5])] for data in islice(mixed(folder), 5)],
        "thirty": lambda: [[message(data, QUESTIONS[next(asked) % 5])] for data in islice(mixed(folder), 30)],
        "photo": lambda: [[message(next(many()), "Where is this?")]],
        "many": lambda: [[message(data, "What is it?") for data in many()]],
        "strip": lambda: [[message(strip(), "Transcribe this page.")]],
        "large": lambda: [[message(large(), "What is it?")]],
    }[name]()
    ready.write_text(json.dumps(turns), "ascii")
    return turns


def load() -> float:
    """Compress a small image, so that libraries and models are loaded; return the memory held then, in MB."""
    import headroom_nb
    from headroom_nb import demo

    headroom_nb.compress([message(demo.picture("astronaut.jpg"), "What is it?")], model="gpt-5.6-sol")
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # the most held is counted from here
    return status("VmRSS")


def measure(name: str, folder: str, ready: Path) -> dict[str, Any]:
    """Return one scenario's figures, of this process."""
    import headroom_nb

    imported = status("VmRSS")
    calls = scenario(name, folder, ready)
    before = status("VmRSS")
    loaded = load() if "above_load_mb" in BARS[name] else 0.0
    began = time.process_time()
    forms = [
        image.technique.value for call in calls for image in headroom_nb.compress(call, model="gpt-5.6-sol").images
    ]
    figures = {
        "images": len(forms),
        "cpu_s": round(time.process_time() - began, 2),
        "import_mb": round(imported),
        "messages_mb": round(before - imported),
        "kept_mb": round(status("VmRSS") - before),
        "peak_mb": round(status("VmHWM")),
        "forms": {form: forms.count(form) for form in sorted(set(forms))},
    }
    if loaded:
        figures |= {"loaded_mb": round(loaded - before), "above_load_mb": round(status("VmHWM") - loaded)}
    if hasattr(headroom_nb, "release"):
        headroom_nb.release()
        figures["released_mb"] = round(status("VmRSS") - before)
    return figures


def main() -> None:
    """Run each scenario in a process of its own, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.weight.memory", description=__doc__)
    parser.add_argument("--data", default="", help="folder of images to use instead of the demo's")
    parser.add_argument("--only", nargs="+", choices=sorted(BARS), default=list(BARS))
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "memory.json")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--ready", type=Path, default=ROOT / "build" / "memory", help="where the messages are written")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.data, options.ready / f"{options.one}.json")))
        return
    options.ready.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
    for name in options.only:
        (options.ready / f"{name}.json").unlink(missing_ok=True)
        for _ in range(2):  # the first run draws, the second measures
            command = [sys.executable, "-m", "benchmarks.weight.memory", "--one", name, "--data", options.data]
            code = [*command, "--ready", str(options.ready)]
            if not (options.ready / f"{name}.json").exists():
                code = [sys.executable, "-c", _DRAW.format(name, options.data, str(options.ready / f"{name}.json"))]
            done = subprocess.run(code, capture_output=True, text=True, check=True, cwd=ROOT)
        report[name] = json.loads(done.stdout)
        report[name]["within"] = all(report[name][key] <= most for key, most in BARS[name].items())
        print(name, report[name], "bar", BARS[name], flush=True)
        options.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


_DRAW = "from pathlib import Path; from benchmarks.weight.memory import scenario; scenario({0!r}, {1!r}, Path({2!r}))"

if __name__ == "__main__":
    main()
