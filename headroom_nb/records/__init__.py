"""Every plain result: frozen, with units; what draws them is reached through :mod:`headroom_nb.rendering_hook`.

Each is loaded when it is first used: a call that compresses needs few of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import BlockPath, format_path
from headroom_nb.lazy import lazy_names

if TYPE_CHECKING:
    from headroom_nb.records.bill import BillLine as BillLine
    from headroom_nb.records.bill import NotebookBill as NotebookBill
    from headroom_nb.records.budget import BudgetReport as BudgetReport
    from headroom_nb.records.calibration import Calibration as Calibration
    from headroom_nb.records.calibration import MeasuredPoint as MeasuredPoint
    from headroom_nb.records.check import CheckResult as CheckResult
    from headroom_nb.records.check import LimitUse as LimitUse
    from headroom_nb.records.check import LimitViolation as LimitViolation
    from headroom_nb.records.comparison import Comparison as Comparison
    from headroom_nb.records.comparison import ModelCost as ModelCost
    from headroom_nb.records.comparison import Setting as Setting
    from headroom_nb.records.compression import CompressionResult as CompressionResult
    from headroom_nb.records.compression import Recompress as Recompress
    from headroom_nb.records.documents import DocumentPart as DocumentPart
    from headroom_nb.records.documents import DocumentResult as DocumentResult
    from headroom_nb.records.documents import PageChoices as PageChoices
    from headroom_nb.records.documents import PageForm as PageForm
    from headroom_nb.records.documents import PageResult as PageResult
    from headroom_nb.records.images import QUALITIES as QUALITIES
    from headroom_nb.records.images import Box as Box
    from headroom_nb.records.images import FormOffer as FormOffer
    from headroom_nb.records.images import ImagePart as ImagePart
    from headroom_nb.records.images import ImageResult as ImageResult
    from headroom_nb.records.images import ImageSignals as ImageSignals
    from headroom_nb.records.images import Part as Part
    from headroom_nb.records.images import Role as Role
    from headroom_nb.records.images import RouteDecision as RouteDecision
    from headroom_nb.records.images import Size as Size
    from headroom_nb.records.images import Technique as Technique
    from headroom_nb.records.images import TextPart as TextPart
    from headroom_nb.records.images import TokenEstimate as TokenEstimate
    from headroom_nb.records.money import Money as Money
    from headroom_nb.records.money import calls_a_month as calls_a_month
    from headroom_nb.records.needs import NEEDS as NEEDS
    from headroom_nb.records.needs import Needs as Needs
    from headroom_nb.records.proof import Answer as Answer
    from headroom_nb.records.proof import Arm as Arm
    from headroom_nb.records.proof import Proof as Proof
    from headroom_nb.records.proof import ProvenCase as ProvenCase
    from headroom_nb.records.proof import Verdict as Verdict
    from headroom_nb.records.totals import Totals as Totals
    from headroom_nb.records.verification import CountedImage as CountedImage
    from headroom_nb.records.verification import LearnedRule as LearnedRule
    from headroom_nb.records.verification import Verification as Verification

_HOME = {
    "Answer": "proof",
    "Arm": "proof",
    "BillLine": "bill",
    "Box": "images",
    "BudgetReport": "budget",
    "Calibration": "calibration",
    "CheckResult": "check",
    "Comparison": "comparison",
    "CompressionResult": "compression",
    "CountedImage": "verification",
    "DocumentPart": "documents",
    "DocumentResult": "documents",
    "FormOffer": "images",
    "ImagePart": "images",
    "ImageResult": "images",
    "ImageSignals": "images",
    "LearnedRule": "verification",
    "LimitUse": "check",
    "LimitViolation": "check",
    "MeasuredPoint": "calibration",
    "ModelCost": "comparison",
    "Money": "money",
    "NEEDS": "needs",
    "Needs": "needs",
    "NotebookBill": "bill",
    "PageChoices": "documents",
    "PageForm": "documents",
    "PageResult": "documents",
    "Part": "images",
    "Proof": "proof",
    "ProvenCase": "proof",
    "QUALITIES": "images",
    "Recompress": "compression",
    "Role": "images",
    "RouteDecision": "images",
    "Setting": "comparison",
    "Size": "images",
    "Technique": "images",
    "TextPart": "images",
    "TokenEstimate": "images",
    "Totals": "totals",
    "Verdict": "proof",
    "Verification": "verification",
    "calls_a_month": "money",
}

__all__ = ["BlockPath", "format_path", *_HOME]  # noqa: PLE0604 - the table above is the list


if not TYPE_CHECKING:  # or a type checker would take any name for one of these
    __getattr__ = lazy_names(__name__, _HOME)
