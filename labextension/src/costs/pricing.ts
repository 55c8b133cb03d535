/** From a size and a model to tokens and money. */

import { pixels } from '../report/format';
import type { Size } from '../report/report';
import type { Billed } from './arithmetic';
import type { Model } from './models';
import { resolveDetail, termsOf, usdPerMillion } from './models';
import { bill } from './registry';
import { RefusedError } from './rules';

export interface Estimate {
  readonly tokens: number;
  /** What the model sees after the provider's own resize, pixels. */
  readonly sentSize: Size;
  readonly exact: boolean;
  /** What a reader must know of the figure; empty when there is nothing. */
  readonly note: string;
  /** Fewest and most tokens where sources disagree, else twice the same. */
  readonly bounds: readonly [low: number, high: number];
  readonly rule: string;
}

/** Tokens and seen size alone, for code that tries many sizes. Throws RefusedError like `estimate`. */
export function billed(size: Size, model: Model, detail: string): Billed {
  refuseOversized(size, model);
  const { rule, constants } = termsOf(model, detail);
  return bill(rule, size, constants);
}

/**
 * What one image costs on one model.
 *
 * @throws RefusedError when the provider would refuse an image of this size.
 */
export function estimate(size: Size, model: Model, detail = 'auto'): Estimate {
  const chosen = billed(size, model, detail);
  const { rule, alternatives } = termsOf(model, detail);
  const all = [chosen.tokens, ...alternatives.map(other => bill(other.rule, size, other.constants).tokens)];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const disputed = low !== high;
  const remarks = model.note !== '' && (disputed || !model.exact) ? [model.note] : [];
  if (disputed) {
    remarks.push(`between ${low.toLocaleString('en-US')} and ${high.toLocaleString('en-US')} tokens`);
  }
  if (detail !== 'auto' && resolveDetail(model, detail) !== detail) {
    remarks.push(`${model.name} has no detail level '${detail}'; priced at its default`);
  }
  return {
    tokens: chosen.tokens,
    sentSize: chosen.seen,
    exact: model.exact && !disputed,
    note: remarks.join('; '),
    bounds: [low, high],
    rule
  };
}

/** Dollars for a number of tokens today; null where the table has no price. */
export function cost(tokens: number, model: Model): number | null {
  const price = usdPerMillion(model);
  return price === null ? null : (tokens * price) / 1e6;
}

/** Whether the provider takes an image of this size. */
export function isAccepted(size: Size, model: Model, detail: string): boolean {
  try {
    billed(size, model, detail);
    return true;
  } catch (error) {
    if (error instanceof RefusedError) {
      return false;
    }
    throw error;
  }
}

function refuseOversized(size: Size, model: Model): void {
  if (model.maxSide !== null && Math.max(...size) > model.maxSide) {
    throw new RefusedError(
      `the image of ${pixels(size)} has a side over ${model.maxSide.toLocaleString('en-US')} px; ` +
        `${model.provider} refuses it: send it smaller`
    );
  }
}
