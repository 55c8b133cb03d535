/** Geometry of a crop box, in whole pixels of the image: moved, resized and drawn without leaving it. */

import type { Size } from '../report/report';

export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Which sides a handle moves: none of them means the whole box. */
export interface Handle {
  readonly x: 'left' | 'right' | null;
  readonly y: 'top' | 'bottom' | null;
}

/** Smallest side, pixels. */
export const SMALLEST = 8;

export function sizeOf(box: Box): Size {
  return [box[2] - box[0], box[3] - box[1]];
}

/** The box, or the whole image. */
export function selected(box: Box | null, size: Size): Box {
  return box ?? [0, 0, size[0], size[1]];
}

/** Shift a box; it stops at the picture's edges. */
export function moved(box: Box, dx: number, dy: number, size: Size): Box {
  const x = clamp(Math.round(dx), -box[0], size[0] - box[2]);
  const y = clamp(Math.round(dy), -box[1], size[1] - box[3]);
  return [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
}

/** Move the sides of a handle; they stop at the edges and before the other side. */
export function resized(box: Box, handle: Handle, dx: number, dy: number, size: Size): Box {
  const least: Size = [Math.min(SMALLEST, size[0]), Math.min(SMALLEST, size[1])];
  const [left, top, right, bottom] = box;
  return [
    handle.x === 'left' ? clamp(Math.round(left + dx), 0, right - least[0]) : left,
    handle.y === 'top' ? clamp(Math.round(top + dy), 0, bottom - least[1]) : top,
    handle.x === 'right' ? clamp(Math.round(right + dx), left + least[0], size[0]) : right,
    handle.y === 'bottom' ? clamp(Math.round(bottom + dy), top + least[1], size[1]) : bottom
  ];
}

/** The box between two points of the image; null while it is too small to be meant. */
export function drawn(from: Size, to: Size, size: Size): Box | null {
  const [x1, x2] = between(from[0], to[0], size[0]);
  const [y1, y2] = between(from[1], to[1], size[1]);
  return x2 - x1 < Math.min(SMALLEST, size[0]) || y2 - y1 < Math.min(SMALLEST, size[1]) ? null : [x1, y1, x2, y2];
}

/** A box in the middle of what is visible, two thirds of it a side. */
export function startingBox(visible: Box, size: Size): Box {
  const [width, height] = sizeOf(visible);
  const inset = (at: number, by: number): number => Math.round(at + by / 6);
  const box: Box = [
    inset(visible[0], width),
    inset(visible[1], height),
    inset(visible[2], -width),
    inset(visible[3], -height)
  ];
  return drawn([box[0], box[1]], [box[2], box[3]], size) ?? [0, 0, size[0], size[1]];
}

function between(one: number, other: number, limit: number): readonly [number, number] {
  const [low, high] = one < other ? [one, other] : [other, one];
  return [clamp(Math.round(low), 0, limit), clamp(Math.round(high), 0, limit)];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
