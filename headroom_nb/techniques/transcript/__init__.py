"""The text of an image, or why there is none: :func:`transcribe` turns what an engine read into a transcript."""

from headroom_nb.techniques.transcript.base import Transcript
from headroom_nb.techniques.transcript.compose import transcribe

__all__ = ["Transcript", "transcribe"]
