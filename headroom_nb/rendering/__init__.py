"""Tables, HTML, plots and exports of records; knows nothing of IPython."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_TABLES = {"text": "__str__", "markdown": "to_markdown", "mimebundle": "to_mimebundle"}

_WAYS = {
    ("CompressionResult", "text"): ("display", "to_text"),
    ("CompressionResult", "html"): ("display", "to_html"),
    ("CompressionResult", "markdown"): ("display", "to_markdown"),
    ("CompressionResult", "mimebundle"): ("display", "mimebundle"),
    ("CompressionResult", "rows"): ("display", "table"),
    ("ImageResult", "text"): ("display", "image_text"),
    ("DocumentResult", "text"): ("documents", "to_text"),
    ("CompressionResult", "plot"): ("plots", "plot"),
    ("CompressionResult", "report"): ("export", "save_report"),
    ("CompressionResult", "money"): ("money", "money"),
    ("Money", "text"): ("money", "in_words"),
    ("Estimate", "money"): ("money", "money"),
    ("NotebookBill", "money"): ("money", "money"),
    ("Estimate", "table"): ("cost_tables", "estimate_table"),
    ("Comparison", "table"): ("cost_tables", "comparison_table"),
    ("CheckResult", "table"): ("cost_tables", "check_table"),
    ("NotebookBill", "table"): ("cost_tables", "bill_table"),
    ("Calibration", "table"): ("proof_tables", "calibration_table"),
    ("Calibration", "save"): ("proof_tables", "save_calibration"),
    ("Proof", "table"): ("proof_report", "proof_table"),
    ("Proof", "pairs"): ("proof_report", "pairs_table"),
    ("Proof", "save"): ("proof_report", "save_proof"),
    ("Verification", "table"): ("proof_tables", "verification_table"),
    ("LearnedRule", "table"): ("proof_tables", "rule_table"),
}
"""What draws a kind of record in a way: module and function. A record with a table takes its ways from that."""


def render(record: object, how: str, *args: Any, **choices: Any) -> Any:
    """Return a record drawn in one way.

    Parameters
    ----------
    record
        One of :mod:`headroom_nb.records`.
    how
        ``"text"``, ``"markdown"``, ``"mimebundle"``; of a compressed conversation also ``"html"``, ``"plot"`` and
        ``"report"``.
    """
    kind = next(base.__name__ for base in type(record).__mro__ if any(base.__name__ == known for known, _ in _WAYS))
    module, function = _WAYS.get((kind, how)) or _WAYS[kind, "table"]
    drawn = getattr(import_module(f"headroom_nb.rendering.{module}"), function)(record, *args, **choices)
    return drawn if (kind, how) in _WAYS else getattr(drawn, _TABLES[how])()
