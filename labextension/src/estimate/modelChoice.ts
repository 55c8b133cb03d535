/** The box in which a model is chosen, grouped by provider; where requests name several, each can keep its own. */

import type { Model } from '../costs';
import { h } from '../views/dom';
import { chosen, type Catalog } from './catalog';

export const EACH = 'each request’s own';

export interface ModelChoice {
  readonly element: HTMLSelectElement;
  /** Offer these, with one of them chosen; null stands for each request's own. */
  offer(catalog: Catalog, model: Model | null): void;
}

/** Return a box to choose a model from; `choose` is told of a person's choice. */
export function modelChoice(choose: (model: Model | null) => void, signal: AbortSignal, each = false): ModelChoice {
  const element = h('select', { class: 'headroom-choice', 'aria-label': 'Model' });
  let offered: Catalog | null = null;
  element.addEventListener(
    'change',
    () => {
      if (offered !== null) {
        choose(element.value === '' ? null : chosen(offered, element.value));
      }
    },
    { signal }
  );
  return {
    element,
    offer(catalog, model) {
      if (offered !== catalog) {
        offered = catalog;
        element.replaceChildren(...(each ? [h('option', { value: '' }, EACH)] : []), ...groups(catalog.models));
      }
      element.value = model?.name ?? '';
    }
  };
}

function groups(models: readonly Model[]): HTMLElement[] {
  const byTitle = new Map<string, Model[]>();
  for (const model of models) {
    byTitle.set(model.title, [...(byTitle.get(model.title) ?? []), model]);
  }
  return [...byTitle].map(([label, members]) =>
    h('optgroup', { label }, ...members.map(({ name }) => h('option', { value: name }, name)))
  );
}
