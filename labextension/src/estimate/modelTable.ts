/** The same bill on many models, each with a bar for its price; one is the present choice. Style: estimate.css. */

import type { Model } from '../costs';
import { h } from '../views/dom';
import { tokens, usd } from '../report/format';
import type { Bill } from './counted';

export interface ModelTable {
  readonly element: HTMLElement;
  show(rows: readonly (readonly [model: Model, bill: Bill])[], current: Model | null): void;
}

/** Return the table; `pick` is told of the model a person chose in it. */
export function modelTable(pick: (name: string) => void, signal: AbortSignal): ModelTable {
  const body = h('tbody');
  const element = h(
    'table',
    { class: 'headroom-models' },
    h('caption', { class: 'headroom-visually-hidden' }, 'What the same costs on other models'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Model'),
        h('td'),
        h('th', { scope: 'col', class: 'headroom-number' }, 'Tokens'),
        h('th', { scope: 'col', class: 'headroom-number' }, 'Costs')
      )
    ),
    body
  );
  element.addEventListener(
    'click',
    event => {
      const name = (event.target as Element).closest('button')?.dataset.model;
      if (name !== undefined) {
        pick(name);
        body.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
      }
    },
    { signal }
  );
  return {
    element,
    show(rows, current) {
      const most = Math.max(...rows.map(([, bill]) => bill.usd ?? 0), Number.MIN_VALUE);
      body.replaceChildren(...rows.map(([model, bill]) => row(model, bill, most, model === current)));
    }
  };
}

function row(model: Model, bill: Bill, most: number, current: boolean): HTMLElement {
  const isKnown = bill.tokens > 0 || bill.missing + bill.pdfs === 0;
  const paid = isKnown ? bill.usd : null;
  const bar = h('span', { class: 'headroom-model-bar' });
  bar.style.width = `${(100 * (paid ?? 0)) / most}%`;
  const button = { type: 'button', 'data-model': model.name, 'aria-pressed': String(current) };
  return h(
    'tr',
    current ? { class: 'headroom-current-model' } : {},
    h('th', { scope: 'row' }, h('button', button, model.name)),
    h('td', { 'aria-hidden': 'true' }, paid === null ? null : bar),
    h('td', { class: 'headroom-number' }, isKnown ? tokens(bill.tokens, bill.exact) : '–'),
    h('td', { class: 'headroom-number headroom-soft-text' }, usd(paid))
  );
}
