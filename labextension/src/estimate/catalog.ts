/** The models that can be chosen, at the table's prices or a person's own. */

import { defaultModels, models, type Model } from '../costs';
import { DEFAULT_MODEL } from './defaultModel';

/** Dollars per million input tokens by a model's name; they go before the table's. */
export type Prices = Readonly<Record<string, number>>;

export interface Catalog {
  readonly models: readonly Model[];
  /** Those worth comparing: each provider's default. */
  readonly compared: readonly Model[];
  /** Names of the models that have a person's own price. */
  readonly priced: ReadonlySet<string>;
}

/** Return every model with the price that holds. */
export function catalogAt(prices: Prices): Catalog {
  const priced = (model: Model): Model => {
    const own = prices[model.name];
    return own === undefined ? model : { ...model, price: own };
  };
  return {
    models: models().map(priced),
    compared: defaultModels().map(priced),
    priced: new Set(Object.keys(prices))
  };
}

/** Return a model by name; an unknown name gives the default. */
export function chosen(catalog: Catalog, name: string): Model {
  const found =
    catalog.models.find(model => model.name === name) ?? catalog.models.find(model => model.name === DEFAULT_MODEL);
  if (found === undefined) {
    throw new RangeError(`the model table lacks ${DEFAULT_MODEL}`);
  }
  return found;
}
