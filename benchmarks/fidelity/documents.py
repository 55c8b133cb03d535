"""PDFs: tokens saved, answers that are still in what is sent, words kept in order, time and memory.

::

    python -m benchmarks.fidelity.documents FOLDER QUESTIONS [--models claude-opus-5-5,gpt-5.6-sol] [--quality balanced]

FOLDER holds PDFs, QUESTIONS is a JSON-lines file of ``{"file", "question", "answer", "page"}``. An answer survives
where it stands in a text that is sent, or where its page is sent as a page, as an image, or with images of what its
text does not show (for an answer written ``@page``, ``@region``: by these alone). The questions are not part of this
project.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
import unicodedata
from collections import defaultdict
from contextlib import suppress
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import headroom_nb
from headroom_nb.documents.pages import page_facts
from headroom_nb.documents.pdf import open_pdf
from headroom_nb.errors import HeadroomError
from headroom_nb.formats import user_message
from headroom_nb.records import DocumentResult, PageForm, TextPart

SHOWN = {PageForm.PAGE, PageForm.LOW, PageForm.IMAGE}


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared: composed, without the hyphens of line ends."""
    plain = unicodedata.normalize("NFKC", re.sub("[\ufffe\u00ad]", "", text))
    return re.findall(r"\w+", plain)


def survives(document: DocumentResult, question: dict[str, Any]) -> bool:
    """Return whether what is sent still holds an answer."""
    if not document.parts:
        return True
    page = next((each for each in document.pages if each.number == question["page"]), None)
    answer = question["answer"]
    if page is None or page.form in SHOWN:
        return True
    if answer.startswith("@"):
        return answer == "@region" and page.form is PageForm.TEXT_AND_IMAGES
    sent = " ".join(" ".join(part.text.split()) for part in document.parts if isinstance(part, TextPart))
    return answer.lower() in sent.lower() or page.form is PageForm.TEXT_AND_IMAGES


def order_kept(data: bytes, document: DocumentResult) -> tuple[int, int]:
    """Return how many words of the pages that are sent as text are sent in order, and how many there are."""
    kept = total = 0
    sent = "\n".join(part.text for part in document.parts if isinstance(part, TextPart))
    opened = open_pdf(data)
    for page in document.pages:
        if page.form in {PageForm.TEXT, PageForm.TEXT_AND_IMAGES}:
            before = words(opened.read(page.number).text)
            pattern = rf"^--- page {page.number} ---$(.*?)(?=^--- page \d+ ---|\Z)"
            found = re.search(pattern, sent, re.DOTALL | re.MULTILINE)
            after = words(found[1] if found else "")
            matcher = SequenceMatcher(None, before, after, autojunk=False)
            kept += sum(block.size for block in matcher.get_matching_blocks())
            total += len(before)
    opened.close()
    return kept, total


def measure(folder: Path, questions: list[dict[str, Any]], model: str, quality: str) -> dict[str, Any]:
    """Return the sums over all questions on one model."""
    provider = {"claude": "anthropic", "gemini": "google", "gpt": "openai_responses"}[model.split("-", maxsplit=1)[0]]
    before = after = survived = kept = total = 0
    lost: list[str] = []
    seconds = 0.0
    checked: set[tuple[str, tuple[str, ...]]] = set()
    for question in questions:
        data = (folder / question["file"]).read_bytes()
        start = time.perf_counter()
        result = headroom_nb.compress(
            [user_message(question["question"], data, provider=provider)], model=model, quality=quality
        )
        seconds += time.perf_counter() - start
        (document,) = result.documents
        before, after = before + document.original_tokens, after + document.compressed_tokens
        if survives(document, question):
            survived += 1
        else:
            lost.append(f"{question['file']}: {question['question']} ({question['answer']}, page {question['page']})")
        key = question["file"], tuple(str(page.form) for page in document.pages)
        if key not in checked:
            checked.add(key)
            more = order_kept(data, document)
            kept, total = kept + more[0], total + more[1]
    return {
        "questions": len(questions),
        "tokens_before": before,
        "tokens_after": after,
        "saved": round(1 - after / before, 4),
        "answers": round(survived / len(questions), 4),
        "words_in_order": round(kept / max(1, total), 5),
        "seconds_per_question": round(seconds / len(questions), 3),
        "lost": lost,
    }


def timings(folder: Path) -> dict[str, float]:
    """Return the median milliseconds to read a page, and to draw one 1,000 pixels long, on one core."""
    read, drawn = [], []
    for path in sorted(folder.glob("*.pdf")):
        try:
            opened = open_pdf(path.read_bytes())
        except HeadroomError:
            continue
        for number in range(1, opened.pages + 1):
            start = time.process_time()  # PDFium works in a thread of its own
            with suppress(HeadroomError):
                page_facts(opened.read(number))
                middle = time.process_time()
                opened.render(number, 1000)
                read.append(1000 * (middle - start))
                drawn.append(1000 * (time.process_time() - middle))
        opened.close()
    return {
        "pages": len(read),
        "read_ms_median": round(sorted(read)[len(read) // 2], 1),
        "read_ms_90": round(sorted(read)[len(read) * 9 // 10], 1),
        "drawn_ms_median": round(sorted(drawn)[len(drawn) // 2], 1),
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--models", default="claude-opus-5-5,gpt-5.6-sol,gemini-3.5-flash")
    parser.add_argument("--quality", default="balanced")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    questions = [json.loads(line) for line in chosen.questions.read_text("utf-8").splitlines() if line.strip()]
    found: dict[str, Any] = defaultdict(dict)
    found["time"] = timings(chosen.folder)
    for model in chosen.models.split(","):
        found[chosen.quality][model] = measure(chosen.folder, questions, model, chosen.quality)
        print(model, json.dumps(found[chosen.quality][model], ensure_ascii=False, indent=1), flush=True)
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(found["time"]), found["peak_mb"], "MB at most")
    if chosen.out:
        chosen.out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
