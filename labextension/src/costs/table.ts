/** The model table that was built in; a page with a kernel can ask for the kernel's own instead. */

import { LEVELS, MODELS, NOTES, OFFERS, PROVIDERS, RULES } from './constants';
import type { Level, Model, Price, Terms } from './models';
import type { Constants } from './registry';

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

type PackedRule = readonly [rule: string, ...parameters: readonly Parameter[]];

function unpackTerms([rule, ...constants]: PackedLevel): Terms {
  const [name, ...parameters] = at(RULES as unknown as readonly PackedRule[], rule);
  const defaults: Constants = Object.fromEntries(parameters.filter(each => each.length > 1)) as Constants;
  const given = parameters.flatMap(([parameter], place) => (constants[place] == null ? [] : [[parameter, constants[place]]]));
  return { rule: name, constants: { ...defaults, ...(Object.fromEntries(given) as Constants) } };
}

function unpackLevel(packed: PackedLevel | readonly PackedLevel[]): Level {
  const [first, ...others] = (typeof packed[0] === 'number' ? [packed] : packed) as readonly [PackedLevel, ...PackedLevel[]];
  return { ...unpackTerms(first), alternatives: others.map(unpackTerms) };
}

function unpackModel([name, provider, offer, price, note, exact, maxSide]: PackedModel): Model {
  const [key = '', title = ''] = at(PROVIDERS, provider);
  const [defaultDetail, levels] = at(OFFERS as unknown as readonly (readonly [string, Readonly<Record<string, number>>])[], offer);
  return {
    name,
    provider: key,
    title,
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

let table: ReadonlyMap<string, Model> | undefined;

/** Unpacked on first use. */
function unpacked(): ReadonlyMap<string, Model> {
  table ??= new Map((MODELS as unknown as readonly PackedModel[]).map(packed => [packed[0], unpackModel(packed)]));
  return table;
}

/** Every model of the table, in its order: the providers' current ones first. */
export function models(): readonly Model[] {
  return [...unpacked().values()];
}

/** Return a model by its canonical name. */
export function findModel(name: string): Model | undefined {
  return unpacked().get(name);
}

/** Each provider's default model. */
export function defaultModels(): readonly Model[] {
  return PROVIDERS.flatMap(([, , name]) => findModel(name ?? '') ?? []);
}

/** A provider as people write it. */
export function providerTitle(provider: string): string {
  return PROVIDERS.find(([key]) => key === provider)?.[1] ?? provider;
}
