"""Every plain result: frozen, with units; what draws them is reached through :mod:`headroom_nb.rendering_hook`."""

from headroom_nb.errors import BlockPath, format_path
from headroom_nb.records.bill import BillLine, NotebookBill
from headroom_nb.records.budget import BudgetReport
from headroom_nb.records.calibration import Calibration, MeasuredPoint
from headroom_nb.records.check import CheckResult, LimitUse, LimitViolation
from headroom_nb.records.comparison import Comparison, ModelCost, Setting
from headroom_nb.records.compression import CompressionResult, Recompress
from headroom_nb.records.documents import DocumentPart, DocumentResult, PageChoices, PageForm, PageResult
from headroom_nb.records.images import (
    QUALITIES,
    Box,
    FormOffer,
    ImagePart,
    ImageResult,
    ImageSignals,
    Part,
    Role,
    RouteDecision,
    Size,
    Technique,
    TextPart,
    TokenEstimate,
)
from headroom_nb.records.money import Money, calls_a_month
from headroom_nb.records.needs import NEEDS, Needs
from headroom_nb.records.proof import Answer, Arm, Proof, ProvenCase, Verdict
from headroom_nb.records.totals import Totals
from headroom_nb.records.verification import CountedImage, LearnedRule, Verification

__all__ = [
    "NEEDS",
    "QUALITIES",
    "Answer",
    "Arm",
    "BillLine",
    "BlockPath",
    "Box",
    "BudgetReport",
    "Calibration",
    "CheckResult",
    "Comparison",
    "CompressionResult",
    "CountedImage",
    "DocumentPart",
    "DocumentResult",
    "FormOffer",
    "ImagePart",
    "ImageResult",
    "ImageSignals",
    "LearnedRule",
    "LimitUse",
    "LimitViolation",
    "MeasuredPoint",
    "ModelCost",
    "Money",
    "Needs",
    "NotebookBill",
    "PageChoices",
    "PageForm",
    "PageResult",
    "Part",
    "Proof",
    "ProvenCase",
    "Recompress",
    "Role",
    "RouteDecision",
    "Setting",
    "Size",
    "Technique",
    "TextPart",
    "TokenEstimate",
    "Totals",
    "Verdict",
    "Verification",
    "calls_a_month",
    "format_path",
]
