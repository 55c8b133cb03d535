/** The sizes at which a bill changes as an image of one shape grows. */

import type { Size } from '../report/report';
import { quotient } from './arithmetic';
import type { Model } from './models';
import { billed } from './pricing';
import { RefusedError } from './rules';

/** The largest size that costs so much. */
export interface Stop {
  readonly size: Size;
  readonly tokens: number;
}

/** Long side in pixels, and tokens from there on. */
export type Step = readonly [longest: number, tokens: number];

/** The size of the same shape with this long side; the short side rounded down. */
export function shaped(size: Size, longest: number): Size {
  const short = Math.max(quotient(Math.min(...size) * longest, Math.max(...size)), 1);
  return size[0] >= size[1] ? [longest, short] : [short, longest];
}

/** Every change of the bill up to the picture's own size; sizes the provider refuses are left out. */
export function steps(size: Size, model: Model, detail = 'auto'): readonly Step[] {
  const found: Step[] = [];
  let before = -1;
  for (let longest = 1; longest <= Math.max(...size); longest++) {
    const tokens = tokensOf(shaped(size, longest), model, detail);
    if (tokens !== null && tokens !== before) {
      found.push([longest, tokens]);
      before = tokens;
    }
  }
  return found;
}

/**
 * The sizes worth choosing between, small to large: each is the largest for its price, and none larger costs less.
 *
 * The last is the picture's own size, or the largest the provider accepts. Empty where it refuses every size.
 */
export function boundaries(size: Size, model: Model, detail = 'auto'): readonly Stop[] {
  const stops: Stop[] = [];
  let cheapest = Infinity;
  for (let longest = Math.max(...size); longest >= 1; longest--) {
    const candidate = longest === Math.max(...size) ? size : shaped(size, longest);
    const tokens = tokensOf(candidate, model, detail);
    if (tokens !== null && tokens < cheapest) {
      stops.push({ size: candidate, tokens });
      cheapest = tokens;
    }
  }
  return stops.reverse();
}

function tokensOf(size: Size, model: Model, detail: string): number | null {
  try {
    return billed(size, model, detail).tokens;
  } catch (error) {
    if (error instanceof RefusedError) {
      return null;
    }
    throw error;
  }
}
