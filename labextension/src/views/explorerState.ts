/** What an explorer shows, worked out from its choices: pure functions of image, crop, size, model and level. */

import type { Estimate, Grid, Model, Stop } from '../costs';
import { boundaries, cost, estimate, grid, RefusedError, shaped, unitCount } from '../costs';
import type { Rung } from './costLadder';
import type { Box } from './cropBox';
import { selected, sizeOf } from './cropBox';
import { pixels } from '../report/format';
import type { Size } from '../report/report';

/** A person's choices. */
export interface Choices {
  readonly model: Model;
  readonly detail: string;
  readonly cropBox: Box | null;
  /** Longer side of what would be sent; null for no resize. */
  readonly longSide: number | null;
  readonly question: string;
}

/** The font size of the smallest text in pixels of the image (null without text), and what stays legible. */
export interface TextFacts {
  readonly font: number | null;
  readonly limits: { readonly safe: number; readonly balanced: number; readonly max: number };
}

/** Single images cost too little to compare. */
export const PICTURES = 1000;

/** Models that can be chosen. */
export interface Catalog {
  readonly models: readonly Model[];
  /** Those worth comparing: each provider's default. */
  readonly compared: readonly Model[];
}

/** What the choices come to. */
export interface Outcome {
  /** The crop or the image, pixels. */
  readonly whole: Size;
  /** What would be sent, pixels. */
  readonly sent: Size;
  readonly bill: { readonly estimate: Estimate; readonly grid: Grid; readonly usd: number | null } | null;
  /** Why the provider would refuse it; empty when it would not. */
  readonly refusal: string;
}

export function outcome(choices: Choices, size: Size): Outcome {
  const { model, detail, longSide } = choices;
  const whole = sizeOf(selected(choices.cropBox, size));
  const sent = longSide === null || longSide >= Math.max(...whole) ? whole : shaped(whole, longSide);
  try {
    const found = estimate(sent, model, detail);
    const bill = { estimate: found, grid: grid(sent, model, detail), usd: cost(found.tokens, model) };
    return { whole, sent, bill, refusal: '' };
  } catch (error) {
    if (error instanceof RefusedError) {
      return { whole, sent, bill: null, refusal: error.message };
    }
    throw error;
  }
}

/** The place of the stop that a size belongs to: the smallest that is no smaller. */
export function stopOf(stops: readonly Stop[], sent: Size): number {
  const at = stops.findIndex(stop => Math.max(...stop.size) >= Math.max(...sent));
  return at < 0 ? stops.length - 1 : at;
}

/** A few of the stops: the present one, the largest, and about every quarter less. */
export function sizeRungs(stops: readonly Stop[], present: number, model: Model, detail: string): readonly Rung[] {
  const chosen = new Set<number>([present]);
  let wanted = Infinity;
  for (let at = stops.length - 1; at >= 0 && chosen.size < MOST_RUNGS; at--) {
    const stop = stops[at];
    if (stop !== undefined && stop.tokens <= wanted) {
      chosen.add(at);
      wanted = stop.tokens * RUNG;
    }
  }
  return [...chosen]
    .sort((one, other) => other - one)
    .flatMap(at => {
      const stop = stops[at];
      return stop === undefined ? [] : [rung(`${Math.max(...stop.size)}`, pixels(stop.size), stop.size, model, detail, at === present)];
    });
}

const MOST_RUNGS = 7;
const RUNG = 0.72;

/** The present model and others, by price. */
export function modelRungs(sent: Size, present: Model, detail: string, others: readonly Model[]): readonly Rung[] {
  const all = [present, ...others.filter(model => model.name !== present.name)];
  return all
    .flatMap(model => {
      try {
        const level = model.name === present.name ? detail : 'auto';
        return [rung(model.name, model.name, sent, model, level, model.name === present.name)];
      } catch (error) {
        if (error instanceof RefusedError) {
          return [];
        }
        throw error;
      }
    })
    .filter(each => each.usd !== null || each.current)
    .sort((one, other) => (one.usd ?? Infinity) - (other.usd ?? Infinity));
}

function rung(key: string, label: string, size: Size, model: Model, detail: string, current: boolean): Rung {
  const found = estimate(size, model, detail);
  return { key, label, tokens: found.tokens, exact: found.exact, usd: cost(found.tokens * PICTURES, model), current };
}

/** `38 × 24 = 912 patches, 32 px`. */
export function unitsInWords(found: Grid): string {
  if (found.side === null) {
    return 'billed as a whole';
  }
  const [columns, rows] = [found.xs.length - 1, found.ys.length - 1];
  const count = unitCount(found);
  const name = count === 1 ? found.unit : found.unit === 'patch' ? 'patches' : `${found.unit}s`;
  return `${columns} × ${rows} = ${count.toLocaleString('en-US')} ${name}, ${found.side} px`;
}

export type Legibility = 'good' | 'fair' | 'poor' | 'lost';

/** How well the smallest text reads after all resizes; null without text. */
export function legibility(facts: TextFacts, { whole, bill }: Outcome): { words: string; level: Legibility } | null {
  if (facts.font === null || bill === null) {
    return null;
  }
  const { font, limits } = facts;
  const seen = bill.estimate.sentSize;
  const high = font * Math.min(1, seen[0] / whole[0], seen[1] / whole[1]);
  const level: Legibility =
    high >= limits.safe ? 'good' : high >= limits.balanced ? 'fair' : high >= limits.max ? 'poor' : 'lost';
  return { words: `${high.toFixed(1)} px, ${WORDS[level]}`, level };
}

const WORDS: Readonly<Record<Legibility, string>> = {
  good: 'reads well',
  fair: 'readable',
  poor: 'hard to read',
  lost: 'too small to read'
};

/** The stops of the size slider; kept for the last image, as pointers ask often. */
export function stopsFor(): (whole: Size, model: Model, detail: string) => readonly Stop[] {
  let key = '';
  let stops: readonly Stop[] = [];
  return (whole, model, detail) => {
    const wanted = `${whole[0]} ${whole[1]} ${model.name} ${detail}`;
    if (wanted !== key) {
      key = wanted;
      stops = boundaries(whole, model, detail);
    }
    return stops;
  };
}
