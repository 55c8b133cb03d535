"""Every plain result: frozen, with units; what draws them is reached through :mod:`headroom_nb.rendering_hook`."""

from headroom_nb.errors import BlockPath, format_path
from headroom_nb.records.bill import BillLine, NotebookBill
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
from headroom_nb.records.needs import NEEDS, Needs
from headroom_nb.records.totals import Totals

__all__ = [
    "NEEDS",
    "QUALITIES",
    "BillLine",
    "BlockPath",
    "Box",
    "CheckResult",
    "Comparison",
    "CompressionResult",
    "DocumentPart",
    "DocumentResult",
    "FormOffer",
    "ImagePart",
    "ImageResult",
    "ImageSignals",
    "LimitUse",
    "LimitViolation",
    "ModelCost",
    "Needs",
    "NotebookBill",
    "PageChoices",
    "PageForm",
    "PageResult",
    "Part",
    "Recompress",
    "Role",
    "RouteDecision",
    "Setting",
    "Size",
    "Technique",
    "TextPart",
    "TokenEstimate",
    "Totals",
    "format_path",
]
