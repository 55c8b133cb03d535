/** Billing rules of the other providers and of open weights, as in `headroom_nb/costs/rules_open.py`. */

import type { Size } from '../report/report';
import type { Billed } from './arithmetic';
import { cells, fitInside, quotient, roundHalfEven, scaled } from './arithmetic';
import { RefusedError } from './rules';

export interface AreaTableRule {
  readonly points: readonly (readonly [pixels: number, tokens: number])[];
}

/** A printed table interpolated by area; outside it its ends hold. */
export function areaTable(size: Size, { points }: AreaTableRule): Billed {
  const area = size[0] * size[1];
  const at = points.findIndex(([pixels]) => pixels >= area);
  const [below, above] = [points[at - 1], points[at]];
  if (below === undefined || above === undefined) {
    return { tokens: (at === 0 ? points[0] : points[points.length - 1])?.[1] ?? 0, seen: size };
  }
  const share = ((above[1] - below[1]) * (area - below[0])) / (above[0] - below[0]);
  return { tokens: roundHalfEven(below[1] + share), seen: size };
}

export interface AreaRule {
  readonly pixels_per_token: number;
  readonly max_pixels: number;
}

/** By area after a fit to `max_pixels`. */
export function area(size: Size, rule: AreaRule): Billed {
  const pixels = size[0] * size[1];
  return {
    tokens: Math.ceil(Math.min(pixels, rule.max_pixels) / rule.pixels_per_token),
    seen: scaled(size, Math.min(1, Math.sqrt(rule.max_pixels / pixels)))
  };
}

export interface MistralRule {
  readonly patch: number;
  readonly merge: number;
  readonly max_side: number;
}

/** Cells of `patch * merge` px, and one token for the end of each row. */
export function mistralGrid(size: Size, rule: MistralRule): Billed {
  const ratio = Math.max(...size) / rule.max_side;
  const divided = (side: number): number => Math.max(roundHalfEven(side / ratio), 1);
  const [width, height]: Size = ratio > 1 ? [divided(size[0]), divided(size[1])] : size;
  const cell = rule.patch * rule.merge;
  const [columns, rows] = [quotient(width - 1, cell) + 1, quotient(height - 1, cell) + 1];
  return { tokens: (columns + 1) * rows, seen: [columns * cell, rows * cell] };
}

export interface SmartResizeRule {
  readonly factor: number;
  readonly min_pixels: number;
  readonly max_pixels: number;
  readonly extra_tokens: number;
  readonly max_aspect: number;
}

/** Cells of `factor` px after both sides are rounded to whole cells within the pixel limits (Qwen-VL). */
export function smartResize(size: Size, rule: SmartResizeRule): Billed {
  if (Math.max(...size) > rule.max_aspect * Math.min(...size)) {
    throw new RefusedError(
      `the image of ${size[0]}×${size[1]} px is more than ${rule.max_aspect} times longer than wide; ` +
        "the model's processor refuses it: crop it"
    );
  }
  const { factor } = rule;
  const whole = (round: (side: number) => number, least: number): Size => [
    Math.max(round(size[0]) * factor, least),
    Math.max(round(size[1]) * factor, least)
  ];
  const pixels = size[0] * size[1];
  let seen = whole(side => roundHalfEven(side / factor), factor);
  if (seen[0] * seen[1] > rule.max_pixels) {
    const beta = Math.sqrt(pixels / rule.max_pixels);
    seen = whole(side => Math.floor(side / beta / factor), factor);
  } else if (seen[0] * seen[1] < rule.min_pixels) {
    const beta = Math.sqrt(rule.min_pixels / pixels);
    seen = whole(side => Math.ceil((side * beta) / factor), 0);
  }
  return { tokens: quotient(seen[0] * seen[1], factor ** 2) + rule.extra_tokens, seen };
}

export interface KimiRule {
  readonly patch: number;
  readonly merge: number;
  readonly max_patches: number;
  readonly max_across: number;
}

/** Cells of `patch * merge` px after a fit to a number of patches in all and along a side. */
export function kimiGrid(size: Size, rule: KimiRule): Billed {
  const patches = Math.max(quotient(size[0], rule.patch), 1) * Math.max(quotient(size[1], rule.patch), 1);
  const across = rule.max_across * rule.patch;
  const scale = Math.min(1, Math.sqrt(rule.max_patches / patches), across / size[1], across / size[0]);
  const seen = scaled(size, scale, Math.floor);
  return { tokens: cells(seen, rule.patch * rule.merge), seen };
}

export interface PreviewTilesRule {
  readonly tile_side: number;
  readonly tile_tokens: number;
  readonly preview_tokens: number;
  readonly max_tiles: number;
}

/** Tiles and one view of the whole; past `max_tiles` the image is taken to be shrunk by area. */
export function previewTiles(size: Size, rule: PreviewTilesRule): Billed {
  const tiles = Math.min(cells(size, rule.tile_side), rule.max_tiles);
  const scale = Math.min(1, Math.sqrt((rule.max_tiles * rule.tile_side ** 2) / (size[0] * size[1])));
  return { tokens: tiles * rule.tile_tokens + rule.preview_tokens, seen: scaled(size, scale) };
}

export interface Llama3Rule {
  readonly tile_tokens: number;
  readonly side: number;
}

/** One unit, doubled for each side longer than `side` px. */
export function llama3Tiles(size: Size, { tile_tokens, side }: Llama3Rule): Billed {
  const doubled = size.filter(length => length > side).length;
  return { tokens: tile_tokens * 2 ** doubled, seen: fitInside(size, 2 * side) };
}

export interface CanvasRule {
  readonly side: number;
  readonly max_tiles: number;
}

export interface Llama4Rule extends CanvasRule {
  readonly tile_tokens: number;
}

/** The best-fitting canvas of tiles, a view of the whole beside more than one tile, and the separators. */
export function llama4Tiles(size: Size, rule: Llama4Rule): Billed {
  let [tightest, tightestTiles, largest, largestTiles] = [Infinity, 0, 0, 0];
  for (const { across, down, tiles } of canvases(rule)) {
    const fit = Math.min(across / size[0], down / size[1]);
    if (fit >= 1 && fit < tightest) {
      [tightest, tightestTiles] = [fit, tiles];
    } else if (fit < 1 && fit > largest) {
      [largest, largestTiles] = [fit, tiles];
    }
  }
  const [fit, tiles] = tightestTiles > 0 ? [tightest, tightestTiles] : [largest, largestTiles];
  const whole = rule.tile_tokens + 3;
  return {
    tokens: whole + (tiles > 1 ? tiles * (rule.tile_tokens + 1) : 0),
    seen: scaled(size, Math.min(fit, 1))
  };
}

export interface DeepseekRule extends CanvasRule {
  readonly row: number;
  readonly base: number;
}

/** The grid that shows most of the image; of grids that show as much the one that wastes least. */
export function deepseekTiles(size: Size, rule: DeepseekRule): Billed {
  let best = { shown: -1, tiles: 0, scale: 1, columns: 1, rows: 1 };
  for (const { across, down, tiles } of canvases(rule)) {
    const scale = Math.min(across / size[0], down / size[1]);
    const shown = Math.min(Math.trunc(size[0] * scale) * Math.trunc(size[1] * scale), size[0] * size[1]);
    if (shown > best.shown || (shown === best.shown && tiles < best.tiles)) {
      best = { shown, tiles, scale, columns: across / rule.side, rows: down / rule.side };
    }
  }
  const { row, base } = rule;
  return {
    tokens: base + row * best.rows * (row * best.columns + 1),
    seen: scaled(size, best.scale, Math.trunc)
  };
}

interface Canvas {
  readonly across: number;
  readonly down: number;
  readonly tiles: number;
}

const CANVASES = new Map<string, readonly Canvas[]>();

/** Width, height and tiles of every canvas: the smallest first, of equals the narrowest. */
function canvases({ side, max_tiles }: CanvasRule): readonly Canvas[] {
  const key = `${side} ${max_tiles}`;
  const known = CANVASES.get(key);
  if (known !== undefined) {
    return known;
  }
  const counts = Array.from({ length: max_tiles }, (_, at) => at + 1);
  const all = counts
    .flatMap(columns => counts.map(rows => ({ across: columns * side, down: rows * side, tiles: columns * rows })))
    .filter(canvas => canvas.tiles <= max_tiles)
    .sort((one, other) => one.tiles - other.tiles || one.across - other.across);
  CANVASES.set(key, all);
  return all;
}
