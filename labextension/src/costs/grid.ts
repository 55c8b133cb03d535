/** The units an image is billed by, as a grid over what the model sees. */

import type { Size } from '../report/report';
import type { Model } from './models';
import { termsOf } from './models';
import { billed } from './pricing';
import { TILE } from './rules';

/** Units are the rectangles between neighbouring edges. */
export interface Grid {
  /** What the model sees, pixels. */
  readonly view: Size;
  /** Edges across, pixels of the view; from 0 to its width. */
  readonly xs: readonly number[];
  /** Edges down, pixels of the view; from 0 to its height. */
  readonly ys: readonly number[];
  /** Side of a unit in pixels of the view; null where the whole image is one. */
  readonly side: number | null;
  /** What one is called. */
  readonly unit: 'tile' | 'patch' | 'cell' | 'picture';
}

type Unit = readonly [unit: Grid['unit'], side: (constants: Readonly<Record<string, number>>) => number];

const UNITS: Readonly<Record<string, Unit>> = {
  'openai-patch': ['patch', ({ patch = 0 }) => patch],
  'openai-tile': ['tile', () => TILE],
  'anthropic-grid': ['patch', ({ patch = 0 }) => patch],
  'gemini-grid': ['cell', ({ cell = 0 }) => cell],
  'gemini-tiles': ['tile', ({ tile_side = 0 }) => tile_side],
  'mistral-grid': ['patch', ({ patch = 0, merge = 0 }) => patch * merge],
  'smart-resize': ['patch', ({ factor = 0 }) => factor],
  'kimi-grid': ['patch', ({ patch = 0, merge = 0 }) => patch * merge],
  'preview-tiles': ['tile', ({ tile_side = 0 }) => tile_side],
  'llama3-tiles': ['tile', ({ side = 0 }) => side],
  'llama4-tiles': ['tile', ({ side = 0 }) => side],
  'deepseek-vl2-tiles': ['tile', ({ side = 0 }) => side]
};

/**
 * The grid of billing units.
 *
 * @throws RefusedError when the provider would refuse an image of this size.
 */
export function grid(size: Size, model: Model, detail = 'auto'): Grid {
  const { rule, constants } = termsOf(model, detail);
  const view = billed(size, model, detail).seen;
  const unit = UNITS[rule];
  if (unit === undefined) {
    return { view, xs: [0, view[0]], ys: [0, view[1]], side: null, unit: 'picture' };
  }
  const side = unit[1](constants as Readonly<Record<string, number>>);
  return { view, xs: edges(view[0], side), ys: edges(view[1], side), side, unit: unit[0] };
}

/** How many units there are. */
export function unitCount({ xs, ys }: Grid): number {
  return (xs.length - 1) * (ys.length - 1);
}

function edges(length: number, side: number): readonly number[] {
  const inner = Array.from({ length: Math.ceil(length / side) }, (_, at) => at * side);
  return [...inner, length];
}
