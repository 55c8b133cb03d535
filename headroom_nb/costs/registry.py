"""The billing rules by the names the model table uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.costs import rules, rules_open

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headroom_nb.costs.billed import Billed
    from headroom_nb.records import Size

RULES: Mapping[str, Callable[..., Billed]] = {
    "openai-patch": rules.openai_patch,
    "openai-tile": rules.openai_tile,
    "anthropic-grid": rules.anthropic_grid,
    "gemini-grid": rules.gemini_grid,
    "gemini-tiles": rules.gemini_tiles,
    "flat": rules.flat,
    "area": rules_open.area,
    "area-table": rules_open.area_table,
    "mistral-grid": rules_open.mistral_grid,
    "smart-resize": rules_open.smart_resize,
    "kimi-grid": rules_open.kimi_grid,
    "preview-tiles": rules_open.preview_tiles,
    "llama3-tiles": rules_open.llama3_tiles,
    "llama4-tiles": rules_open.llama4_tiles,
    "deepseek-vl2-tiles": rules_open.deepseek_vl2_tiles,
}
"""Their keyword arguments are the table's constants."""

BILLED_BY_ASPECT: frozenset[str] = frozenset({"gemini-grid", "flat"})
"""Rules whose count no change of size can lower, only a change of shape or of detail level."""

GROWS_WITH_VIEW: frozenset[str] = frozenset({"openai-patch", "openai-tile", "anthropic-grid", "mistral-grid"})
"""Rules that leave a view within their limits as it is, and whose count never falls when a view grows."""

REFUSES_BY_SHAPE: frozenset[str] = frozenset({"smart-resize"})
"""Rules that refuse a shape, so that no smaller size helps."""


def bill(rule: str, size: Size, constants: Mapping[str, Any]) -> Billed:
    """Apply the named rule with its constants."""
    return RULES[rule](size, **constants)
