"""Tables of images and questions: data frames of pandas and polars, and the accessor ``df.headroom``."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.formats import user_message

if TYPE_CHECKING:
    from headroom_nb.records import CompressionResult
    from headroom_nb.records.comparison import Estimate

QUESTIONS = ("question", "questions", "q", "prompt", "query", "ask", "instruction", "text")
"""Names of columns that are taken for questions, the most telling first."""


def is_table(value: Any) -> bool:
    """Return whether a value is a data frame, judged by the name of its class."""
    kinds = {(base.__module__.partition(".")[0], base.__name__) for base in type(value).__mro__}
    return not kinds.isdisjoint({("pandas", "DataFrame"), ("polars", "DataFrame")})


def table_messages(
    table: Any,
    image: str | None = None,
    question: str | None = None,
    *,
    text: str = "",
    provider: str = "openai",
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Return one user message per row, and a sentence for each row without an image.

    Parameters
    ----------
    table
        A data frame.
    image, question
        Names of columns; None takes the only column of images, and a column that is called like a question.
    text
        What is asked where there is no column of questions.
    provider
        As for :func:`headroom_nb.user_message`.

    Raises
    ------
    OptionError
        There is no such column, or none or several that could be meant.
    FileAccessError, PictureError
        A row's image cannot be read; its number is in the sentence.
    """
    from headroom_nb.pictures import image_columns

    names = [str(name) for name in table.columns]
    images = list(table[_column(names, image, "image column") if image else _only(names, image_columns(table))])
    asked = _column(names, question, "question column") if question else _question(names)
    texts = [text] * len(images) if asked is None else list(table[asked])
    messages, without = [], []
    for number, (one, ask) in enumerate(zip(images, texts, strict=True)):
        missing = one is None or (isinstance(one, float) and one != one)
        ask = ask if isinstance(ask, str) else text  # noqa: PLW2901 - a row without a question
        if missing:
            without.append(f"row {number} has no image")
        try:
            messages.append(user_message(ask, *([] if missing else [one]), provider=provider))
        except (OptionError, OSError, ValueError) as error:
            raise type(error)(f"row {number}: {error}") from error
    return messages, tuple(without)


def table_column(table: Any, name: str) -> list[Any]:
    """Return a column of a table; raises OptionError where there is none."""
    if not is_table(table):
        raise OptionError("this is not a table, so there are no columns to name")
    return list(table[_column([str(each) for each in table.columns], name, "column")])


def _column(names: list[str], wanted: str, what: str) -> str:
    if wanted not in names:
        raise OptionError(f"the table has no {what} {wanted!r}; its columns are {', '.join(names) or 'none'}")
    return wanted


def _only(names: list[str], found: list[str]) -> str:
    if len(found) != 1:
        which = f"{len(found)} columns of images ({', '.join(found)})" if found else "no column of images or of paths"
        raise OptionError(f"the table has {which}; name the image column, one of {', '.join(names) or 'none'}")
    return found[0]


def _question(names: list[str]) -> str | None:
    lowered = {name.lower(): name for name in reversed(names)}
    return next((lowered[name] for name in QUESTIONS if name in lowered), None)


class TableAccessor:
    """What stands behind ``df.headroom``: the images of a table, one message per row."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def messages(
        self, image: str | None = None, question: str | None = None, *, text: str = "", provider: str = "openai"
    ) -> list[dict[str, Any]]:
        """Return one user message per row; parameters as for :func:`table_messages`."""
        return table_messages(self._table, image, question, text=text, provider=provider)[0]

    def compress(
        self,
        image: str | None = None,
        question: str | None = None,
        *,
        text: str = "",
        provider: str | None = None,
        model: str | None = None,
        **choices: Any,
    ) -> CompressionResult:
        """Return the compressed messages of all rows, one per row.

        Parameters
        ----------
        image, question, text
            As for :func:`table_messages`.
        provider, model, **choices
            As for :func:`headroom_nb.compress`.
        """
        from headroom_nb.compressor import compress
        from headroom_nb.formats.build import message_provider

        wire = message_provider(model, provider)
        messages, without = table_messages(self._table, image, question, text=text, provider=wire)
        result = compress(messages, provider, model, **choices)
        return replace(result, warnings=(*result.warnings, *without)) if without else result

    def estimate(
        self, image: str | None = None, *, model: str | None = None, provider: str | None = None, detail: str = "auto"
    ) -> Estimate:
        """Return what the images of all rows cost; parameters as for :func:`headroom_nb.estimate`."""
        from headroom_nb.analysis.estimate import estimate

        return estimate(self.messages(image), model, provider=provider, detail=detail)


def register_accessors() -> None:
    """Give the data frames of loaded libraries their ``.headroom``; doing it twice changes nothing."""
    pandas: Any = sys.modules.get("pandas")
    polars: Any = sys.modules.get("polars")
    if hasattr(pandas, "DataFrame") and not hasattr(pandas.DataFrame, "headroom"):
        pandas.api.extensions.register_dataframe_accessor("headroom")(TableAccessor)
    if hasattr(polars, "DataFrame") and not hasattr(polars.DataFrame, "headroom"):
        polars.api.register_dataframe_namespace("headroom")(TableAccessor)
