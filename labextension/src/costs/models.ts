/** A model as the browser knows it: what it bills by, at which levels, for how much. */

import type { Constants } from './registry';

/** Detail levels in the package's words; `auto` stands for a model's own default. */
export const DETAILS = ['auto', 'low', 'medium', 'high', 'ultra_high', 'original'] as const;

/** A rule with all its constants. */
export interface Terms {
  readonly rule: string;
  readonly constants: Constants;
}

/** What a level bills by, and what conflicting sources say. */
export interface Level extends Terms {
  readonly alternatives: readonly Terms[];
}

/** Dollars per million tokens; of a promotion: dollars, last day, dollars after it. */
export type Price = number | null | readonly [usd: number | null, until: string, then: number | null];

export interface Model {
  readonly name: string;
  readonly provider: string;
  /** The provider as people write it. */
  readonly title: string;
  readonly defaultDetail: string;
  readonly levels: Readonly<Record<string, Level>>;
  readonly exact: boolean;
  readonly note: string;
  readonly price: Price;
  readonly maxSide: number | null;
}

type RawTerms = readonly [rule: string, constants: Constants, alternatives?: readonly RawTerms[]];

/** A model as Python's `costs.front_end.model_row` writes it. */
export interface ModelRow {
  readonly name: string;
  readonly provider: string;
  readonly title: string;
  readonly default_detail: string;
  readonly levels: Readonly<Record<string, RawTerms>>;
  readonly exact: boolean;
  readonly note: string;
  readonly price: Price;
  readonly max_side: number | null;
}

/** Return the model of a row. */
export function readRow(row: ModelRow): Model {
  return {
    name: row.name,
    provider: row.provider,
    title: row.title,
    defaultDetail: row.default_detail,
    levels: Object.fromEntries(Object.entries(row.levels).map(([name, raw]) => [name, readLevel(raw)])),
    exact: row.exact,
    note: row.note,
    price: row.price,
    maxSide: row.max_side
  };
}

function readLevel(raw: RawTerms): Level {
  return { ...readTerms(raw), alternatives: (raw[2] ?? []).map(readTerms) };
}

function readTerms([rule, constants]: RawTerms): Terms {
  return { rule, constants };
}

/** Dollars per million input tokens on a day (`YYYY-MM-DD`, by default today in UTC); null where not known. */
export function usdPerMillion(model: Model, day: string = new Date().toISOString().slice(0, 10)): number | null {
  if (typeof model.price === 'number' || model.price === null) {
    return model.price;
  }
  const [usd, until, then] = model.price;
  return day > until ? then : usd;
}

/** The level that is billed: the one asked for if the model offers it, else the model's default. */
export function resolveDetail(model: Model, detail: string): string {
  return detail in model.levels ? detail : model.defaultDetail;
}

/** Levels a reader can choose between; `auto` first, and alone where the model has no other. */
export function detailsOf(model: Model): readonly string[] {
  return DETAILS.filter(level => level === 'auto' || level in model.levels);
}

/** The terms of a level. */
export function termsOf(model: Model, detail: string): Level {
  const level = model.levels[resolveDetail(model, detail)];
  if (level === undefined) {
    throw new RangeError(`${model.name} has no level ${detail}`);
  }
  return level;
}
