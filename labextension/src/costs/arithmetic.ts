/** Whole-number arithmetic as in Python; exact while products stay below 2^53. */

import type { Size } from '../report/report';

/** Tokens billed, and the size in pixels that the model sees. */
export interface Billed {
  readonly tokens: number;
  readonly seen: Size;
}

/** `a // b` for whole numbers that are not negative. */
export function quotient(a: number, b: number): number {
  return Math.floor(a / b);
}

/** The quotient of whole numbers, rounded up. */
export function up(a: number, b: number): number {
  return Math.ceil(a / b);
}

/** Whole part of the square root. */
export function isqrt(value: number): number {
  return Math.floor(Math.sqrt(value));
}

/** Nearest whole number of a quotient, halves up. */
export function nearest(a: number, b: number): number {
  return quotient(2 * a + b, 2 * b);
}

/** Python's `round`: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const part = value - below;
  return part < 0.5 || (part === 0.5 && below % 2 === 0) ? below : below + 1;
}

/** `count` times a decimal such as `"1.62"`, rounded up without a float's drift. */
export function timesDecimal(count: number, decimal: string): number {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return up(count * Number(whole + fraction), 10 ** fraction.length);
}

/** How many square cells cover the size. */
export function cells(size: Size, cell: number): number {
  return up(size[0], cell) * up(size[1], cell);
}

/** Fit inside a square, to the nearest pixel, never enlarged. */
export function fitInside(size: Size, side: number): Size {
  const longest = Math.max(...size);
  return longest <= side
    ? size
    : [Math.max(nearest(size[0] * side, longest), 1), Math.max(nearest(size[1] * side, longest), 1)];
}

/** Both sides times a factor, each rounded by `round` and at least one pixel. */
export function scaled(size: Size, factor: number, round: (side: number) => number = roundHalfEven): Size {
  return [Math.max(round(size[0] * factor), 1), Math.max(round(size[1] * factor), 1)];
}
