/** The lines of a billing grid as SVG paths over an image. */

import type { Grid } from '../costs';
import type { Box } from './cropBox';
import { sizeOf } from './cropBox';

/** Least distance of two lines on the screen, pixels; nearer ones are left out. */
export const NEAREST = 5;

export interface GridLines {
  /** Inner lines and outline, in pixels of the image. */
  readonly lines: string;
  /** What is billed beyond the picture's edge: parts of tiles that nothing fills. */
  readonly beyond: string;
  /** Every how many-th line is drawn. */
  readonly every: number;
  /** Distance of drawn lines on the screen, pixels. */
  readonly distance: number;
}

/** Lay a grid over the part of an image it bills; `scale` is screen pixels per image pixel. */
export function gridLines(grid: Grid, region: Box, scale: number): GridLines {
  const [width, height] = sizeOf(region);
  const across = width / grid.view[0];
  const down = height / grid.view[1];
  const finest = grid.side === null ? Infinity : grid.side * Math.min(across, down) * scale;
  const every = 2 ** Math.max(0, Math.ceil(Math.log2(NEAREST / finest)));
  const x = (at: number): string => (region[0] + at * across).toFixed(2);
  const y = (at: number): string => (region[1] + at * down).toFixed(2);
  const [right, bottom] = grid.view;
  const parts = [`M${x(0)} ${y(0)}H${x(right)}V${y(bottom)}H${x(0)}Z`];
  for (const at of thinned(grid.xs, every)) {
    parts.push(`M${x(at)} ${y(0)}V${y(bottom)}`);
  }
  for (const at of thinned(grid.ys, every)) {
    parts.push(`M${x(0)} ${y(at)}H${x(right)}`);
  }
  return { lines: parts.join(''), beyond: beyond(grid, x, y), every, distance: finest * every };
}

/** The size that whole units cover, in pixels of the view. */
export function covered(grid: Grid): readonly [number, number] {
  return grid.side === null
    ? grid.view
    : [(grid.xs.length - 1) * grid.side, (grid.ys.length - 1) * grid.side];
}

function beyond(grid: Grid, x: (at: number) => string, y: (at: number) => string): string {
  const [width, height] = covered(grid);
  const [right, bottom] = grid.view;
  if (width === right && height === bottom) {
    return '';
  }
  return `M${x(0)} ${y(0)}H${x(width)}V${y(height)}H${x(0)}ZM${x(0)} ${y(0)}V${y(bottom)}H${x(right)}V${y(0)}Z`;
}

function thinned(edges: readonly number[], every: number): readonly number[] {
  return edges.slice(1, -1).filter((_, at) => (at + 1) % every === 0);
}

/** Opacity of lines at a distance of so many screen pixels: the finer the grid, the fainter. */
export function strength(distance: number): number {
  return Math.min(Math.max(distance / 120, 0.16), 0.7);
}
