/** The model table as the browser knows it. */

import { LEVELS, MODELS, NOTES, OFFERS, PROVIDERS, RULES } from './constants';
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
  return { rule, constants: { ...DEFAULTS.get(rule), ...constants } };
}

// The generated lists, as `tools/front_end_costs.py` writes them.
type Parameter = readonly [name: string, fallback?: unknown];
type PackedLevel = readonly [rule: number, ...constants: readonly unknown[]];
type PackedModel = readonly [
  name: string,
  provider: number,
  offer: number,
  price: Price,
  note: number,
  exact: number,
  maxSide?: number
];

const PARAMETERS = RULES as unknown as readonly (readonly [rule: string, ...parameters: readonly Parameter[]])[];

const DEFAULTS: ReadonlyMap<string, Constants> = new Map(
  PARAMETERS.map(([rule, ...parameters]) => [rule, Object.fromEntries(parameters.filter(each => each.length > 1))])
);

function unpackTerms([rule, ...constants]: PackedLevel): Terms {
  const [name, ...parameters] = at(PARAMETERS, rule);
  const given = parameters.flatMap(([parameter], place) => (constants[place] == null ? [] : [[parameter, constants[place]]]));
  return readTerms([name, Object.fromEntries(given) as Constants]);
}

function unpackLevel(packed: PackedLevel | readonly PackedLevel[]): Level {
  const [first, ...others] = (typeof packed[0] === 'number' ? [packed] : packed) as readonly [PackedLevel, ...PackedLevel[]];
  return { ...unpackTerms(first), alternatives: others.map(unpackTerms) };
}

function unpackModel([name, provider, offer, price, note, exact, maxSide]: PackedModel): Model {
  const [defaultDetail, levels] = at(OFFERS as unknown as readonly (readonly [string, Readonly<Record<string, number>>])[], offer);
  return {
    name,
    provider: at(PROVIDERS, provider)[0] ?? '',
    defaultDetail,
    levels: Object.fromEntries(
      Object.entries(levels).map(([level, place]) => [level, unpackLevel(at(LEVELS as unknown as readonly PackedLevel[], place))])
    ),
    exact: exact === 1,
    note: at(NOTES, note),
    price,
    maxSide: maxSide ?? null
  };
}

function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) {
    throw new RangeError(`nothing at ${place}`);
  }
  return found;
}

const TABLE: ReadonlyMap<string, Model> = new Map(
  (MODELS as unknown as readonly PackedModel[]).map(packed => [packed[0], unpackModel(packed)])
);

/** Every model of the table, in its order: the providers' current ones first. */
export function models(): readonly Model[] {
  return [...TABLE.values()];
}

/** Return a model by its canonical name. */
export function findModel(name: string): Model | undefined {
  return TABLE.get(name);
}

/** A provider as people write it. */
export function providerTitle(provider: string): string {
  return PROVIDERS.find(([key]) => key === provider)?.[1] ?? provider;
}

/** Each provider's default model. */
export function defaultModels(): readonly Model[] {
  return PROVIDERS.flatMap(([, , name]) => TABLE.get(name ?? '') ?? []);
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
