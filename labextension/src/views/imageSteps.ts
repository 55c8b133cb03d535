/** The way to the other images of an explorer: previous, next, and a list of their names. */

import { button, h, on } from './dom';

export interface Steps {
  readonly names: readonly string[];
  readonly place: number;
  /** Shows another image; rejects with what to say. */
  readonly go: (place: number) => Promise<unknown>;
}

/** Return the controls; null where there is one image alone. A failure is handed to `failed`. */
export function imageSteps(
  steps: Steps | undefined,
  failed: (error: unknown) => void,
  signal: AbortSignal
): HTMLElement | null {
  if (steps === undefined || steps.names.length < 2) {
    return null;
  }
  const { names, place, go } = steps;
  const to = (next: number): void => {
    go(next).catch((error: unknown) => {
      list.value = String(place);
      failed(error);
    });
  };
  const list = h(
    'select',
    { class: 'headroom-select', 'aria-label': 'Image' },
    ...names.map((name, index) => h('option', { value: index }, `${index} · ${name}`))
  );
  list.value = String(place);
  on(list, 'change', () => { to(Number(list.value)); }, signal);
  const step = (words: string, by: number): HTMLButtonElement =>
    button(words, () => { to(place + by); }, signal, { disabled: names[place + by] === undefined });
  return h('div', { class: 'headroom-x-controls headroom-inline', role: 'group', 'aria-label': 'Images' }, step('Previous', -1), list, step('Next', 1));
}
