"""Prompts that compression would make too short to be cached: their images stay as they are where that is cheaper.

A provider caches prompts from so many tokens on. A smaller one is paid in full by every turn, so a conversation that
goes on may cost more with smaller images. Each request is looked at with what stands before it and nothing else: what
an image was sent as once is never changed by what follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.costs.caching import cache_rule
from headroom_nb.costs.money import NEXT_TURNS
from headroom_nb.formats.prompt_text import outside_tokens
from headroom_nb.history.requests import items_of
from headroom_nb.pipeline.guard import as_it_was

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.costs.caching import CacheRule
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.formats.walk import Message
    from headroom_nb.records import ImageResult


def long_enough(
    document: Any,
    messages: Sequence[Message],
    slots: Sequence[ImageSlot],
    images: Sequence[ImageResult],
    model: ModelSpec,
) -> list[ImageResult]:
    """Return the results of a conversation whose prompts are cached; the originals where less tokens cost more.

    Parameters
    ----------
    document, messages
        The conversation, and its messages as :func:`headroom_nb.formats.walk.read_messages` gives them.
    slots, images
        Its images, and the result of each.
    model
        Whose bill it is.
    """
    rule, found = cache_rule(model), list(images)
    places = {slot.path: place for place, slot in enumerate(slots)}
    new: dict[int, list[int]] = {}
    text: dict[int, int] = {}
    for item in items_of(messages, places, model):
        text[item.request] = text.get(item.request, 0) + item.tokens
        if item.image >= 0:
            new.setdefault(item.request, []).append(item.image)
    total = outside_tokens(document, model)
    for request in sorted(text):
        if total >= rule.minimum:
            break
        total += text[request]
        shown = new.get(request, [])
        sent = total + sum(found[place].compressed_tokens for place in shown)
        whole = total + sum(found[place].original_tokens for place in shown)
        if sent < rule.minimum <= whole and _turns(rule, whole) < NEXT_TURNS * sent:
            why = f"{sent:,} tokens are under the {rule.minimum:,} from which a prompt is cached, and cost more"
            for place in shown:
                if found[place].saved_tokens > 0 and not _is_manual(found[place]):
                    found[place] = as_it_was(found[place], why)
        total += sum(found[place].compressed_tokens for place in shown)
    return found


def _turns(rule: CacheRule, tokens: int) -> float:
    """Return what the next turns of a prompt cost where it is cached, in tokens at the full price."""
    return float(tokens * (rule.write + (NEXT_TURNS - 1) * rule.read))


def _is_manual(image: ImageResult) -> bool:
    return image.decision is not None and image.decision.by == "user"
