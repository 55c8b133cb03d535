"""The words that name a part of an image: English first, then the commonest German, French and Spanish ones.

Everything is matched in text that :func:`headroom_nb.techniques.regions.fold` has put in lower case, without accents
and hyphens.
"""

from __future__ import annotations


def either(*words: str) -> str:
    """Return a pattern for any of these words."""
    return "(?:" + "|".join(words) + ")"


LEFT = either("left hand", "leftmost", "left", "links", "linken?", "linke[rs]", "gauche", "izquierd[ao]")
RIGHT = either("right hand", "rightmost", "right", "rechts", "rechten?", "rechte[rs]", "droite?", "derech[ao]")
TOP = either("topmost", "top", "uppermost", "upper", "oben", "obere[nrs]?", "haut", "superieure?", "arriba", "superior")
BOTTOM = either(
    "bottommost", "bottom", "lowermost", "lower", "unten", "untere[nrs]?", "bas", "inferieure?", "abajo", "inferior"
)
MIDDLE = either("middle", "center", "centre", "central", "mitte", "mittleren?", "milieu", "centro", "medio")
HEADER = either("header", "heading", "letterhead", "kopfzeile", "en tete", "encabezado")
FOOTER = either("footer", "footnotes?", "status bar", "taskbar", "fusszeile", "pied de page", "pie de pagina")

# What a place can be a part of when it is a place in the image: "the top of the page", not "the top of the sign".
WHOLE = either(
    *("image", "picture", "photo", "photograph", "pic", "page", "screen", "screenshot", "document", "form", "window"),
    *(
        "app",
        "application",
        "slide",
        "figure",
        "chart",
        "graph",
        "plot",
        "table",
        "receipt",
        "bill",
        "invoice",
        "letter",
    ),
    *("scan", "diagram", "map", "frame", "view", "display", "list", "dialog", "website", "site", "paper"),
    *("bild", "bild(?:e?s)", "seite", "bildschirms?", "dokuments?", "rechnung", "tabelle"),
    *("ecran", "facture", "tableau", "imagen", "pantalla", "pagina", "documento", "factura", "tabla", "foto"),
)
ARTICLE = either("the", "this", "that", "an?", "my", "your", "des", "de[rm]", "de l[ae']", "du", "del?", "l[ae]", "el")
OF = either("of", "von", "vom", "des?", "du", "del")
_JOIN = either("to the", "to", "and the", "and", "or the", "or", "vs", "nach", "und", "et", "a", "y")

_PARTS = either("hand", "side", "corner", "column", "row", "part", "edge", "panel", "page", "half", "third", "quarter")

# What only looks like a place; blanked before anything else is read.
TRAPS = (
    rf"{LEFT} (?:{_JOIN} )?{RIGHT}",
    rf"{RIGHT} (?:{_JOIN} )?{LEFT}",
    rf"{TOP} (?:down )?{_JOIN} {BOTTOM}",
    rf"{BOTTOM} (?:up )?{_JOIN} {TOP}",
    "right side up",
    "right (?:here|now|away|there|click|angled?|way|answer|choice|size|order|price|or wrong|person|word|one|amount)",
    "(?:all|is that|that's|am i|you're|human) right",
    r"^right ?\?",
    r"(?:is|are|was|were|looks?|sounds?|seems?|get) (?:(?:(?:the|this|that|my|your) )?\w+ )?right(?= ?[?.!,;]|$| or )",
    rf"(?:have|has|had|got|get|getting|need|took|take|using|wearing|bought|buy) the right (?!{_PARTS})\w+",
    "(?:is|are|was|were|be|i've|have|has|he|she|they|what's|who) left",
    "(?:much|many|time|money|days?|minutes?|hours?|seats?|spots?|storage|battery|space) left",
    "left (?:over|behind|out|off|click|blank|empty)",
    "(?:his|her|their|my|its|whose|(?:wo)?man's|person's|player's|dog's|cat's) (?:left|right)",
    "(?:left|right) hands?(?! ?(?:side|corner|column|part|edge|panel|page|half))",
    "(?:left|right) (?:arm|foot|feet|leg|ear|eye|shoe|wrist|shoulder|hemisphere|wing|turn|arrows?)",
    r"top (?:\d+|two|three|five|ten|perform(?:ing|er)|speed|scores?|sell(?:ing|er)|priorit(?:y|ies)|secret|rated|hat)",
    "top (?:level|brand|results?)",
    "tank top",
    "on top of",
    "(?:lower|upper) (?:than|case|bound|limit|class|prices?|values?|costs?)",
    "(?:bottom up|top down)",
    "middle (?:name|initial|school|class|east|aged?)",
    "(?:shopping|data|medical|call|help|health|city|community|art|visitor|notification|control) cent(?:er|re)",
    "cent(?:er|re) (?:for|of gravity)",
    "central (?:bank|park|station)",
    "(?:http|request|response|email|packet|file) headers?",
    "header files?",
)

NUMBERS = {
    1: either(
        "first", "top(?:most)?", "left(?:most)?", "erste[nr]?", "oberste[nr]?", "linke[nr]?", "premiere", "primera"
    ),
    2: either("second", "zweite[nr]?", "deuxieme", "segunda"),
    3: either("third", "dritte[nr]?", "troisieme", "tercera"),
    4: either("fourth", "vierte[nr]?", "quatrieme", "cuarta"),
    5: either("fifth", "funfte[nr]?", "cinquieme", "quinta"),
    6: "sixth",
    7: "seventh",
    8: "eighth",
    9: "ninth",
    10: "tenth",
    -1: either(
        *("last", "final", "bottom(?:most)?", "right(?:most)?", "letzte[nr]?", "unterste[nr]?", "rechte[nr]?"),
        *("derniere", "ultima"),
    ),
}
"""Words said before a row or column, by its number; negative counts from the end."""

ROWS = either("row", "line", "entry", "zeile", "reihe", "ligne", "rangee", "fila", "linea")
COLUMNS = either("column", "spalte", "colonne", "columna")

SHARES = {
    2: either("half", "halfte", "moitie", "mitad"),
    3: either("third", "drittel", "tiers", "tercio"),
    4: either("quarter", "viertel", "quart", "cuarto"),
}
"""Words said after a side, by the number of parts: "the top half"."""

SHARES_BEFORE = {2: either("moitie", "mitad"), 3: either("tiers", "tercio"), 4: either("quart", "cuarto")}
"""Those said before a side: "la mitad superior"."""

CORNER = either("corner", "ecke", "esquina")
FAR = either("far", "very", "extreme", "ganz", "tout a", "tout en")
