/** Prices: the table's, or a person's own. */

import { usdPerMillion, type Model } from '../costs';

/** Dollars per million input tokens by a model's name; they go before the table's. */
export type Prices = Readonly<Record<string, number>>;

/** Dollars per million input tokens; null where nobody knows. */
export function priceOf(model: Model, prices: Prices): number | null {
  return prices[model.name] ?? usdPerMillion(model);
}

/** Dollars for tokens; null without a price. */
export function dollars(tokens: number, model: Model, prices: Prices): number | null {
  const price = priceOf(model, prices);
  return price === null ? null : (tokens * price) / 1e6;
}
