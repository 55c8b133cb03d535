/** The box in which a model is chosen, grouped by provider. */

import { findModel, models, providerTitle, type Model } from '../costs';
import { h } from '../views/dom';
import { DEFAULT_MODEL } from './defaultModel';

/** Models of several providers that a bill is compared on. */
export const COMPARED: readonly string[] = [
  'gpt-6-astra',
  'gpt-5.6-sol',
  'gpt-5.4-mini',
  'gpt-4o',
  'claude-fable-5-1',
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-4-5',
  'gemini-4-argon',
  'gemini-3.1-pro-preview',
  'gemini-3.5-flash',
  'nova-2-lite',
  'mistral-medium-3',
  'grok-4.7',
  'kimi-k3'
];

/** Return a model of the table; an unknown name gives the default. */
export function modelOrDefault(name: string): Model {
  const found = findModel(name) ?? findModel(DEFAULT_MODEL);
  if (found === undefined) {
    throw new RangeError(`the model table lacks ${DEFAULT_MODEL}`);
  }
  return found;
}

/** Models to compare on, the chosen one among them. */
export function compared(chosen: Model): readonly Model[] {
  const found = COMPARED.map(findModel).filter(model => model !== undefined);
  return found.includes(chosen) ? found : [chosen, ...found];
}

/** Return a box to choose a model from. */
export function modelChoice(
  chosen: Model,
  choose: (model: Model) => void,
  signal: AbortSignal
): HTMLSelectElement {
  const groups = new Map<string, Model[]>();
  for (const model of models()) {
    groups.set(model.provider, [...(groups.get(model.provider) ?? []), model]);
  }
  const box = h(
    'select',
    { class: 'headroom-choice', 'aria-label': 'Model' },
    ...[...groups].map(([provider, members]) =>
      h(
        'optgroup',
        { label: providerTitle(provider) },
        ...members.map(({ name }) => h('option', { value: name, selected: name === chosen.name }, name))
      )
    )
  );
  box.addEventListener(
    'change',
    () => {
      choose(modelOrDefault(box.value));
    },
    { signal }
  );
  return box;
}
