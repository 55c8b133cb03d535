"""The records that travel through the pipeline: plain, frozen, with units.

Sizes are ``(width, height)`` in pixels as a person would see the image (EXIF orientation applied). Tokens are the
provider's input tokens. Shares are between 0 and 1.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from headroom_nb.errors import OptionError, format_path
from headroom_nb.rendering_hook import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headroom_nb.errors import BlockPath
    from headroom_nb.records.needs import Needs

Size = tuple[int, int]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are exclusive."""


Role = Literal["image", "crop", "overview"]
"""What an image is there for; see :class:`ImagePart`."""


QUALITIES = ("safe", "balanced", "max")
"""How much detail may be given up, from least to most."""


HISTORY_KINDS = ("repeat", "changed", "scrolled", "smaller", "text", "line")
"""What becomes of images in long conversations: a reference to the same image, the regions that changed, the strip that
a scroll brought, a smaller view of an old image, its text, or one line of text in its place."""


class Technique(str, Enum):
    """What is done with one image.

    Attributes
    ----------
    TRANSCODE
        Its text is sent in its place.
    CROP
        The part that the question asks for is cut out.
    FULL_LOW
        All of it is sent with fewer pixels, or at the provider's low detail.
    PRESERVE
        It is sent as it is, or a little smaller, where the model sees as good as the same for less.
    """

    TRANSCODE = "transcode"
    CROP = "crop"
    FULL_LOW = "full_low"
    PRESERVE = "preserve"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, repr=False)
class TokenEstimate:
    """What one image costs on one model.

    Attributes
    ----------
    tokens
        Input tokens the provider bills for the image.
    exact
        False where the provider's own sources conflict or publish no rule; ``note`` says so.
    rule
        Name of the billing rule, such as ``"openai-patch"``.
    note
        What a reader should know; empty when there is nothing to say.
    sent_size
        The size the model sees after the provider's own resize, in pixels.
    bounds
        Fewest and most tokens by the sources, where they conflict; both equal ``tokens`` where they agree.
    """

    tokens: int
    exact: bool
    rule: str
    note: str
    sent_size: Size
    bounds: tuple[int, int] | None = None

    def __repr__(self) -> str:
        seen = "×".join(map(str, self.sent_size))
        return f"<TokenEstimate: {'' if self.exact else '≈'}{self.tokens:,} tokens, seen as {seen} px, by {self.rule}>"


@dataclass(frozen=True)
class ImageSignals:
    """What was measured in one image; definitions and units in :mod:`headroom_nb.signals.measure`.

    Attributes
    ----------
    has_text, is_document, is_complex, has_small_details
        Scores between 0 and 1.
    text_coverage
        Share of the area inside detected text boxes.
    text_lines
        Number of detected text lines.
    min_text_height, median_text_height
        Height of the smallest (10th percentile) and the median text line, in pixels of the full image; None without
        text.
    detail_loss
        Share of 8×8 blocks that a 512-pixel view changes visibly.
    size
        The image's size in pixels.
    """

    has_text: float
    is_document: float
    is_complex: float
    has_small_details: float
    text_coverage: float
    text_lines: int
    min_text_height: float | None
    median_text_height: float | None
    detail_loss: float
    size: Size


@dataclass(frozen=True)
class RouteDecision:
    """A router's choice for one image and one question.

    Attributes
    ----------
    technique
        The choice.
    confidence
        Calibrated probability that the choice is right, between 0 and 1.
    reason
        One sentence for a person.
    router
        Name of the router that was asked; ``"user"`` where none was.
    by
        Who decided: ``"router"``, or ``"user"`` for a technique chosen manually.
    probabilities
        Probability of each technique; they sum to 1.
    signals
        What was measured in the image, or None where it was not looked at.
    needs
        What the answer depends on, or None where the router only says a technique.
    """

    technique: Technique
    confidence: float
    reason: str
    router: str
    probabilities: Mapping[Technique, float] = field(default_factory=dict)
    signals: ImageSignals | None = None
    needs: Needs | None = None
    by: Literal["router", "user"] = "router"


@dataclass(frozen=True)
class ImagePart:
    """An image that stands in the payload in place of the original.

    Attributes
    ----------
    data, media_type, size
        The encoded image.
    detail
        The normalised level to ask the provider for (``"low"``, ``"medium"``, ``"high"`` …); None leaves the block's
        own setting.
    box
        What it shows of the original, in pixels of the original; None for the whole.
    role
        What it is there for: ``"image"`` stands for the original, ``"crop"`` is a part cut out, ``"overview"`` a small
        view of the whole beside something else.
    """

    data: bytes = field(repr=False)
    media_type: str
    size: Size
    detail: str | None = None
    box: Box | None = None
    role: Role = "image"

    @cached_property
    def base64(self) -> str:
        """The bytes in base64; kept, as a result that is asked for again writes them again."""
        return b64encode(self.data).decode("ascii")


@dataclass(frozen=True)
class TextPart:
    """Text that stands in the payload in place of, or beside, the image."""

    text: str


Part = ImagePart | TextPart


@dataclass(frozen=True, repr=False)
class FormOffer:
    """One form that was considered.

    Attributes
    ----------
    label
        Its name among the forms of its image, such as ``"608×342"`` or ``"text + 384×216"``.
    technique
        What it does to the image.
    tokens, bytes
        What it costs, and how large it is; the bytes of a form that was not made are an estimate.
    risk
        The chance that it loses an answer which the image as it is still gives, 0 to 1.
    why_not
        Why it was not sent; empty for the one that was, and for those that only cost more.
    taken
        Whether it was sent.
    box
        Of a crop: where it was cut out, pixels of the image.
    too_risky
        Whether nothing but its risk is against it: a budget that is short may take it.
    """

    label: str
    technique: Technique
    tokens: int
    bytes: int
    risk: float
    why_not: str = ""
    taken: bool = False
    box: Box | None = None
    too_risky: bool = False

    def __repr__(self) -> str:
        sent = ", sent" if self.taken else ""
        return f"<FormOffer {self.label!r}: {self.tokens:,} tokens, risk {100 * self.risk:.1f} %{sent}>"


@dataclass(frozen=True, repr=False)
class ImageResult:
    """The result of one image.

    Attributes
    ----------
    path
        Where its block stands in the caller's document.
    question
        The text of its turn that decided.
    decision
        What the router chose, or None where it was not asked (``note`` says why).
    technique
        What was done in the end; PRESERVE when the choice could not be carried out or would not have saved.
    original_tokens, compressed_tokens
        Image and text tokens of the block before and after.
    free_tokens, traded_tokens
        The saving, split: free costs nothing to see, traded gave pixels up. They sum to the saving.
    original_size, sizes
        Before, and one size per image that was sent instead (none after a transcript).
    original_bytes, compressed_bytes
        Encoded bytes of the image before and of what replaces it.
    media_type
        What the original image's bytes are.
    kept_pixels
        Share of the pixels that the model would have seen and still does; 0 after a plain transcript.
    exact
        Whether both token figures are exact.
    original_exact
        Whether ``original_tokens`` is; a transcript's tokens may be an estimate where the image's are not.
    note
        One line a person should read; empty when there is nothing to say.
    error
        Why the image was left untouched, or None.
    needs
        What the answer depends on, or None where that was not asked.
    risk
        The chance that what is sent loses an answer which the image as it is still gives, 0 to 1; None where nothing
        was decided.
    forms
        Every form that was considered, the cheapest first, with tokens, bytes, risk and why it was not sent.
    duplicate_of
        Path of the earlier image that this one was replaced by a reference to, or None.
    differs_from
        Path of the earlier image of which only what changed is sent here, or None.
    history
        What a policy for long conversations made of it, one of :data:`HISTORY_KINDS`; empty where none did.
    name
        The name of its file, or where it came from in words; empty until a conversation's result names it.
    source
        The image's bytes before, or what gives them each time it is called; :attr:`original` are the bytes.
    parts
        What replaced them (empty when the block was left as it was).
    """

    path: BlockPath
    question: str
    decision: RouteDecision | None
    technique: Technique
    original_tokens: int
    compressed_tokens: int
    original_size: Size | None = None
    sizes: tuple[Size, ...] = ()
    original_bytes: int = 0
    compressed_bytes: int = 0
    media_type: str | None = None
    free_tokens: int = 0
    kept_pixels: float = 1.0
    exact: bool = True
    original_exact: bool = True
    note: str = ""
    error: str | None = None
    duplicate_of: BlockPath | None = None
    differs_from: BlockPath | None = None
    history: str = ""
    needs: Needs | None = None
    risk: float | None = None
    forms: tuple[FormOffer, ...] = field(default=(), repr=False)
    name: str = field(default="", compare=False)
    source: bytes | Callable[[], bytes] = field(default=b"", repr=False)
    parts: tuple[Part, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        change = f"{self.original_tokens:,} → {self.compressed_tokens:,} tokens"
        return f"<ImageResult {self.name or format_path(self.path)}: {self.technique}, {change}>"

    def __str__(self) -> str:
        return str(render(self, "text"))

    @property
    def original(self) -> bytes:
        """The image's bytes before; decoded each time where they stand in the message as base64, so keep what you use.

        A long conversation would otherwise hold every image twice.
        """
        return self.source if isinstance(self.source, bytes) else self.source()

    @property
    def done(self) -> str:
        """What was done in one word: ``"repeat"``, what a policy for long conversations did, or the technique."""
        return "repeat" if self.duplicate_of is not None else self.history or str(self.technique)

    @property
    def saved_tokens(self) -> int:
        """Tokens saved on this image; never negative."""
        return self.original_tokens - self.compressed_tokens

    @property
    def traded_tokens(self) -> int:
        """Tokens saved by giving something up."""
        return self.saved_tokens - self.free_tokens

    def form_of(self, label: str) -> FormOffer:
        """Return the form of a label; raises OptionError where none of this image has it."""
        found = next((offer for offer in self.forms if offer.label == label), None)
        if found is None:
            offered = ", ".join(offer.label for offer in self.forms)
            raise OptionError(f"form {str(label)[:60]!r} is not offered for this image; its forms: {offered or 'none'}")
        return found

    def check_box(self, box: object) -> None:
        """Raise OptionError for what is no region of this image: left, top, right, bottom in whole pixels."""
        width, height = self.original_size or (0, 0)
        whole = isinstance(box, tuple) and len(box) == 4 and all(isinstance(edge, int) for edge in box)
        if not (whole and 0 <= box[0] < box[2] <= width and 0 <= box[1] < box[3] <= height):  # type: ignore[index]
            raise OptionError(
                f"box={box!r} is not a region of this image; give left, top, right and bottom in whole pixels, "
                f"within {width}×{height}"
            )

    @property
    def confidence(self) -> float | None:
        """The chance that the answer survives, 0 to 1; None where nothing was decided."""
        if self.risk is not None:
            return 1 - self.risk
        return None if self.decision is None else self.decision.confidence
