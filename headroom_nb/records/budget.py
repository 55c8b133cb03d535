"""What a budget did to a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.errors import format_path

if TYPE_CHECKING:
    from headroom_nb.errors import BlockPath


@dataclass(frozen=True, repr=False)
class BudgetReport:
    """What was to be spent, what was, and what that risks.

    Attributes
    ----------
    given
        The budget as it was given, such as ``"20,000 tokens"`` or ``"$0.02"``.
    tokens
        The same in tokens of images and documents; None where only single images are bounded. Of ``fit`` negative where
        text and answer alone pass the context.
    spent, risk
        Tokens that are sent, and the answers that are expected to be lost: the sum of the risks of all images and
        documents.
    quality_tokens, quality_risk
        The same by the quality alone, which takes the fewest tokens within the risk it allows for each image.
    least_tokens
        The fewest tokens to be had, whatever the risk.
    bound
        Most by which the risk could be above the least possible within the budget; 0.0 where it is the least.
    fixed_tokens
        Tokens on which the budget has no choice: what was chosen manually, and what stays as it is.
    too_large
        Images that cost more than one may, in every form.
    breaks
        The first image or document that the request before sent otherwise, with the same budget: what a prompt cache
        holds is of use up to there. None where this request begins with all of the one before, or is the first.
    usd_per_million_tokens
        The price by which a budget in dollars was counted in tokens; None where it was given in tokens.
    """

    given: str
    tokens: int | None
    spent: int
    risk: float
    quality_tokens: int
    quality_risk: float
    least_tokens: int
    bound: float = 0.0
    fixed_tokens: int = 0
    too_large: int = 0
    breaks: BlockPath | None = None
    usd_per_million_tokens: float | None = None

    @property
    def over(self) -> int:
        """Tokens by which the budget is passed; 0 where it is met."""
        return 0 if self.tokens is None else max(0, self.spent - self.tokens)

    @property
    def met(self) -> bool:
        """Whether everything is within what was given."""
        return not self.over and not self.too_large

    def __repr__(self) -> str:
        return f"<BudgetReport: {self}>"

    def __str__(self) -> str:
        said = f"Budget of {self.given}: {self._tokens(self.spent)} are sent {_lost(self.risk)}."
        if self.over:
            said += f" That is {self._tokens(self.over)} over it; no choice of forms costs less."
        if self.too_large:
            said += f" {self.too_large} images cost more than one may in every form."
        if self.risk > self.quality_risk:
            would = self._tokens(self.quality_tokens)
            said += f" The risk that the quality allows ({_percent(self.quality_risk)}) takes {would}."
        elif self.spent > self.quality_tokens:
            said += f" The quality alone would send {self._tokens(self.quality_tokens)} {_lost(self.quality_risk)}."
        if self.breaks is not None:
            said += f" The request before sent {format_path(self.breaks)} otherwise: a prompt cache ends there."
        if self.bound:
            said += f" The least risk possible may be lower by {100 * self.bound:.2f} % at most."
        return said

    def _tokens(self, count: int) -> str:
        """Return a number of tokens, and what they cost where the budget is in dollars."""
        if self.usd_per_million_tokens is None:
            return f"{count:,} tokens"
        return f"{count:,} tokens (${count * self.usd_per_million_tokens / 1e6:.2g})"

    @property
    def warning(self) -> str:
        """What a reader must not miss: that the budget is not met, and by how much; empty where it is."""
        return "" if self.met else str(self)


def _lost(risk: float) -> str:
    if not risk:
        return "at no risk"
    return f"with a risk of {_percent(risk)} of losing an answer" if risk < 1 else f"and {risk:.1f} answers may be lost"


def _percent(risk: float) -> str:
    return f"{max(0.1, 100 * risk):.1f} %" if risk else "0 %"
