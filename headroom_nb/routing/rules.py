"""A baseline router: a table of words, a few measured signals, no model.

It exists to be compared against and to stand in when no trained router can be loaded. The words are English; a question
in another language is decided by the image alone, with low confidence.

Each row of :data:`WORDS` votes for one technique with a weight; the question's scores are the sums of the votes. The
image then moves the scores (:mod:`headroom_nb.routing.evidence`). Probabilities are the softmax of the scores: they
order choices but are not calibrated.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headroom_nb.errors import ModelFilesError, OptionError, PictureError
from headroom_nb.records import QUALITIES, RouteDecision, Technique
from headroom_nb.routing.evidence import softmax, weigh
from headroom_nb.routing.needs import from_decision, with_needs
from headroom_nb.signals import measure as measuring

if TYPE_CHECKING:
    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals, Needs

TRANSCODE, CROP, FULL_LOW, PRESERVE = Technique.TRANSCODE, Technique.CROP, Technique.FULL_LOW, Technique.PRESERVE

MAX_QUESTION = 2000
"""Characters of a question that are looked at; what was asked stands at the start or the end, so half from each."""

PRIOR = {TRANSCODE: 0.0, CROP: -0.5, FULL_LOW: 0.0, PRESERVE: 0.6}
"""Scores before a word is read: without a reason to do otherwise the image is kept."""

UNASKED = 3.0
"""What all scores are divided by when no word was known: the image alone does not say what is wanted of it."""

MIN_CONFIDENCE = {"safe": 0.65, "balanced": 0.5, "max": 0.35}
"""Under this probability the image is preserved, by quality."""

WORDS: tuple[tuple[Technique, float, str], ...] = (
    # The answer is a piece of text that stands in the image.
    (TRANSCODE, 3.0, r"transcri\w+|ocr|digiti[sz]e|type (?:this |it )?out"),
    (
        TRANSCODE,
        2.5,
        r"read (?:the|this|out|me|all|what)|(?:extract|copy|get|pull) (?:all |out )?(?:the |this )?\w* ?text",
    ),
    (
        TRANSCODE,
        2.5,
        r"what (?:does|do|did) .{0,60}\bsays?\b|what(?:'s| is| was) (?:written|printed)|written on|say on",
    ),
    (
        TRANSCODE,
        2.0,
        r"error message|stack ?trace|traceback|line of code|this code|the code|markdown|json|csv|spreadsheet",
    ),
    (TRANSCODE, 2.0, r"invoice|receipt|total (?:amount|due|price|cost|paid)|amount due|subtotal|due date|order number"),
    (
        TRANSCODE,
        1.5,
        r"(?:phone|account|serial|reference|tracking|model|page|fax|license|licence) (?:number|no\b)|e-?mail",
    ),
    (
        TRANSCODE,
        1.5,
        r"title|author|publisher|headline|heading|paragraph|sentence|quote|caption says|expiration|expiry",
    ),
    (TRANSCODE, 1.2, r"text|words?|translate|summari[sz]e|address|website|url|date|price|brand|name of (?:the|this)"),
    # The answer stands in a named part of the image.
    (CROP, 3.0, r"zoom|crop|close[- ]?up|magnif\w+|enlarge"),
    (CROP, 2.8, r"(?:top|bottom|upper|lower)[- ](?:left|right|center|centre|middle|corner|half|third)"),
    (
        CROP,
        2.2,
        r"(?:in|at|on|near) the (?:very )?(?:top|bottom|corner|upper|lower|far left|far right|background|foreground)",
    ),
    (
        CROP,
        1.8,
        r"(?:on|to|at) the (?:left|right)|left[- ]hand|right[- ]hand|(?:left|right) (?:side|part|edge|panel|column)",
    ),
    # The answer needs only the whole at a glance.
    (
        FULL_LOW,
        2.5,
        r"describe (?:this|the|it|what)|captions?|what(?:'s| is) (?:this|that|it|in this|in the)\b|what am i",
    ),
    (
        FULL_LOW,
        2.0,
        r"(?:what|which) (?:kind|type|sort|breed|species|animal|colou?r|sport|room|season|style|fruit|food)",
    ),
    (FULL_LOW, 1.8, r"is (?:this|it|there|the)\b|are (?:there|they|these)\b|does (?:this|the) (?:image|picture|photo)"),
    (FULL_LOW, 1.8, r"weather|indoors?|outdoors?|daytime|night|mood|atmosphere|scene|setting|wearing|happening|doing"),
    (FULL_LOW, 1.2, r"overview|gist|in general|overall|theme|vibe|what do you see|main subject"),
    # The answer needs small things, many things, or how things stand to each other.
    (PRESERVE, 2.8, r"how many|count|number of (?!the)|how much (?:more|less|higher|lower)"),
    (
        PRESERVE,
        2.5,
        r"chart|graph|plot|axis|axes|legend|curve|diagram|flow ?chart|schematic|circuit|blueprint|heat ?map|subplot",
    ),
    (
        PRESERVE,
        2.2,
        r"compare|comparison|differ\w*|trend|highest|lowest|largest|smallest|maximum|minimum|increase|decrease",
    ),
    (PRESERVE, 2.0, r"exact\w*|precise\w*|measure\w*|detail\w*|every|tiny|small|pixel|coordinates?|bounding box|click"),
    (
        PRESERVE,
        1.8,
        r"table|row|column|cell|ratio|average|median|correlat\w*|per ?cent\w*|defect|damage|crack|x-?ray|scan",
    ),
    (PRESERVE, 1.2, r"between|next to|behind|in front of|holding|relationship|position|layout|align\w*|why"),
)
_PATTERNS = tuple(
    (technique, weight, re.compile(rf"\b(?:{words})", re.IGNORECASE)) for technique, weight, words in WORDS
)


class RulesRouter:
    """Routes by a table of words and by signals that need no model."""

    name = "rules"

    def classify(self, image: bytes | Picture, query: str, *, quality: str = "balanced") -> RouteDecision:
        """Return the decision for one image and one question; never raises for bad input.

        Raises
        ------
        OptionError
            No such quality.
        """
        if quality not in MIN_CONFIDENCE:
            raise OptionError(f"quality is one of {', '.join(QUALITIES)}, not {quality!r}")
        scores, found = question_scores(query)
        measured: ImageSignals | None = None
        said: list[str] = []
        try:
            measured = self.analyze_image(image)
        except (PictureError, ModelFilesError) as error:
            said.append(f"the image could not be looked at ({error})")
            scores[PRESERVE] += 3.0
        else:
            scores, seen = weigh(scores, measured)
            said += seen
        if not found:
            scores = {technique: score / UNASKED for technique, score in scores.items()}
        probabilities = softmax(scores)
        technique = max(probabilities, key=probabilities.__getitem__)
        asked = f"the words {', '.join(found)} suggest {technique}" if found else "no known words in the question"
        if probabilities[technique] < MIN_CONFIDENCE[quality] and technique is not PRESERVE:
            said.append(f"unsure between choices ({probabilities[technique]:.0%}), so the image is kept")
            technique = PRESERVE
        decision = RouteDecision(
            technique=technique,
            confidence=probabilities[technique],
            reason="; ".join([asked, *said]),
            router=self.name,
            probabilities=probabilities,
            signals=measured,
        )
        return with_needs(decision, query)

    def needs(self, image: bytes | Picture, query: str) -> Needs:
        """Return what the answer depends on, derived from the techniques; never raises for bad input."""
        return from_decision(self.classify(image, query), query)

    def classify_query(self, query: str) -> tuple[Technique, float]:
        """Return the technique the words alone suggest, with its share of the softmax."""
        probabilities = softmax(question_scores(query)[0])
        technique = max(probabilities, key=probabilities.__getitem__)
        return technique, probabilities[technique]

    def analyze_image(self, image: bytes | Picture) -> ImageSignals:
        """Measure the image without the OCR package's detector; raises PictureError when it cannot be read."""
        return measuring.measure(image, detector="classical")


def question_scores(query: str) -> tuple[dict[Technique, float], list[str]]:
    """Return the scores of the words in a question, and the words that voted, quoted, strongest first."""
    text = query if len(query) <= MAX_QUESTION else query[: MAX_QUESTION // 2] + " " + query[-MAX_QUESTION // 2 :]
    scores = dict(PRIOR)
    votes: list[tuple[float, str]] = []
    for technique, weight, pattern in _PATTERNS:
        match = pattern.search(text)
        if match:
            scores[technique] += weight
            votes.append((weight, f'"{match.group().lower()}"'))
    votes.sort(key=lambda vote: -vote[0])
    return scores, [words for _, words in votes[:3]]
