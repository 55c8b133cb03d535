/**
 * The billing rules, one pure function each, as in the Python package (`headroom_nb/costs/rules.py` names the sources).
 *
 * Constants carry the names of the Python keywords; every one is given, defaults included.
 */

import type { Size } from '../report/report';
import type { Billed } from './arithmetic';
import { cells, fitInside, isqrt, nearest, quotient, roundHalfEven, timesDecimal, up } from './arithmetic';

/** The provider would refuse the image; the message says why and what to do. */
export class RefusedError extends Error {}

export interface PatchRule {
  readonly patch: number;
  readonly max_side: number | null;
  readonly budget: number | null;
  readonly max_patches: number | null;
  readonly multiplier: string;
}

/** Patches: side limit, then patch budget, then the hard limit, then the multiplier. */
export function openaiPatch(size: Size, rule: PatchRule): Billed {
  let seen = rule.max_side === null ? size : fitInside(size, rule.max_side);
  if (rule.budget !== null && cells(seen, rule.patch) > rule.budget) {
    seen = shrinkToBudget(seen, rule.patch, rule.budget);
  }
  const patches = cells(seen, rule.patch);
  if (rule.max_patches !== null && patches > rule.max_patches) {
    const [count, most] = [patches, rule.max_patches].map(value => value.toLocaleString('en-US'));
    throw new RefusedError(
      `the image of ${size[0]}×${size[1]} px has ${count} patches of ${rule.patch} px; ` +
        `the provider refuses more than ${most}: send it smaller`
    );
  }
  return { tokens: timesDecimal(patches, rule.multiplier), seen };
}

/** One side becomes whole patches, and the budget holds. */
function shrinkToBudget([width, height]: Size, patch: number, budget: number): Size {
  const columns = isqrt(quotient(budget * width, height));
  const rows = isqrt(quotient(budget * height, width));
  const seen: Size =
    columns * height <= rows * width
      ? [columns * patch, quotient(height * columns * patch, width)]
      : [quotient(width * rows * patch, height), rows * patch];
  return [Math.max(seen[0], 1), Math.max(seen[1], 1)];
}

export interface TileRule {
  readonly base: number;
  readonly tile: number;
  readonly max_side: number;
  readonly short_side: number;
  readonly square_extra: number;
  readonly oblong_extra: number;
}

/** Side of OpenAI's tiles, pixels. */
export const TILE = 512;

/** A base and 512-px tiles after two fits; flat additions by shape. */
export function openaiTile(size: Size, rule: TileRule): Billed {
  let [width, height] = fitInside(size, rule.max_side);
  const short = Math.min(width, height);
  if (short > rule.short_side) {
    [width, height] = [quotient(width * rule.short_side, short), quotient(height * rule.short_side, short)];
  }
  const extra = width === height ? rule.square_extra : rule.oblong_extra;
  return { tokens: rule.base + rule.tile * cells([width, height], TILE) + extra, seen: [width, height] };
}

export interface AnthropicRule {
  readonly max_edge: number;
  readonly max_tokens: number;
  readonly patch: number;
}

/** Cells after the documented resize to the tier's longest edge and token limit. */
export function anthropicGrid(size: Size, rule: AnthropicRule): Billed {
  const seen = anthropicResize(size, rule);
  return { tokens: cells(seen, rule.patch), seen };
}

function anthropicResize([width, height]: Size, rule: AnthropicRule): Size {
  if (height > width) {
    const [turnedWidth, turnedHeight] = anthropicResize([height, width], rule);
    return [turnedHeight, turnedWidth];
  }
  const fits = (w: number, h: number): boolean => {
    const [columns, rows] = [up(w, rule.patch), up(h, rule.patch)];
    return Math.max(columns, rows) * rule.patch <= rule.max_edge && columns * rows <= rule.max_tokens;
  };
  if (fits(width, height)) {
    return [width, height];
  }
  const aspect = width / height;
  const across = (side: number): number => Math.max(roundHalfEven(side / aspect), 1);
  let [low, high] = [1, width];
  while (low + 1 < high) {
    const middle = quotient(low + high, 2);
    if (fits(middle, across(middle))) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return [low, across(low)];
}

export interface GeminiGridRule {
  readonly budget: number;
  readonly cell: number;
}

/** The largest grid of cells with the picture's aspect ratio inside a token budget. */
export function geminiGrid([width, height]: Size, { budget, cell }: GeminiGridRule): Billed {
  let columns = isqrt(quotient(budget * width, height));
  let rows = isqrt(quotient(budget * height, width));
  if (columns === 0) {
    [columns, rows] = [1, Math.min(quotient(height, width), budget)];
  } else if (rows === 0) {
    [columns, rows] = [Math.min(quotient(width, height), budget), 1];
  }
  return { tokens: columns * rows, seen: [columns * cell, rows * cell] };
}

export interface GeminiTilesRule {
  readonly tile_tokens: number;
  readonly small_side: number;
  readonly tile_side: number;
  readonly overview_tokens: number;
}

/** Crops of two thirds of the short side scaled to `tile_side`; one tile when both sides are small. */
export function geminiTiles(size: Size, rule: GeminiTilesRule): Billed {
  if (Math.max(...size) <= rule.small_side) {
    return { tokens: rule.tile_tokens, seen: size };
  }
  const unit = Math.max(quotient(Math.min(...size) * 2, 3), 1);
  const tiles = cells(size, unit);
  const seen: Size = [nearest(size[0] * rule.tile_side, unit), nearest(size[1] * rule.tile_side, unit)];
  return { tokens: rule.tile_tokens * tiles + rule.overview_tokens, seen };
}

export interface FlatRule {
  readonly tokens: number;
  readonly view: number | null;
}

/** The same for every image. */
export function flat(size: Size, { tokens, view }: FlatRule): Billed {
  return { tokens, seen: view === null ? size : fitInside(size, view) };
}
