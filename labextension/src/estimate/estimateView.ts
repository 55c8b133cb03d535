/**
 * What pictures cost before they are sent: the sum on one model, the same on others, and picture by picture.
 *
 *     parent.append(estimateView({ pictures, catalog, model: chosen(catalog, 'gpt-4o'), signal }));
 */

import { cost, usdPerMillion, type Model } from '../costs';
import { h } from '../views/dom';
import { pixels, tokens, usd } from '../report/format';
import { billOf, figure, type Bill, type Counted } from './counted';
import { chosen, type Catalog } from './catalog';
import { gridPicture } from './gridPicture';
import { modelChoice } from './modelChoice';
import { modelTable } from './modelTable';

export interface EstimateOptions {
  readonly pictures: readonly Counted[];
  readonly catalog: Catalog;
  readonly model: Model;
  readonly signal: AbortSignal;
  /** Where a single picture can be shown: its address. */
  readonly address?: string;
}

const MOST_ROWS = 200;

export function estimateView(options: EstimateOptions): HTMLElement {
  const { pictures, catalog, signal, address } = options;
  let { model } = options;
  const choose = (next: Model): void => {
    model = next;
    draw();
  };
  const choice = modelChoice(choose, signal);
  const sum = h('strong', { class: 'headroom-sum' });
  const money = h('span');
  const basis = h('p', { class: 'headroom-soft-text' });
  const spoken = h('p', { class: 'headroom-visually-hidden', role: 'status' });
  const others = modelTable(name => {
    choose(chosen(catalog, name));
  }, signal);
  const [only] = pictures;
  const under =
    address === undefined || only?.size == null ? null : gridPicture(address, only.size, only.label);
  const body = h('tbody');
  const more = h('p', { class: 'headroom-soft-text' });
  const table = h(
    'table',
    { class: 'headroom-pictures' },
    h('caption', { class: 'headroom-visually-hidden' }, 'Picture by picture, the dearest first'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Picture'),
        h('th', { scope: 'col', class: 'headroom-number' }, 'Size'),
        h('th', { scope: 'col', class: 'headroom-number' }, 'Tokens'),
        h('th', { scope: 'col', class: 'headroom-number' }, 'Costs')
      )
    ),
    body
  );
  const list = h('section', { class: 'headroom-block' }, h('h3', {}, 'Picture by picture'), table, more);
  const element = h(
    'div',
    { class: 'headroom-estimate' },
    h('div', { class: 'headroom-sum-line' }, sum, money, h('label', { class: 'headroom-on' }, 'on', choice.element)),
    basis,
    spoken,
    h(
      'div',
      { class: 'headroom-beside' },
      under?.element,
      h('section', { class: 'headroom-block' }, h('h3', {}, 'The same on other models'), others.element)
    ),
    list
  );

  const draw = (): void => {
    choice.offer(catalog, model);
    const bill = billOf(pictures, model);
    sum.textContent = `${tokens(bill.tokens, bill.exact)} tokens`;
    money.textContent = costs(bill.tokens);
    basis.textContent = basisOf(pictures.length, bill, model, catalog);
    spoken.textContent = `${sum.textContent}, ${money.textContent} on ${model.name}`;
    const all = [model, ...catalog.compared.filter(other => other !== model)];
    others.show(
      all.map(other => [other, billOf(pictures, other)]),
      model
    );
    if (bill.missing === 0) {
      under?.show(model, only?.detail ?? 'auto');
    }
    list.hidden = pictures.length < 2 && bill.missing === 0;
    const rows = pictures.map(picture => ({ picture, found: figure(picture, model) }));
    rows.sort((a, b) => (b.found.tokens ?? -1) - (a.found.tokens ?? -1));
    body.replaceChildren(...rows.slice(0, MOST_ROWS).map(({ picture, found }) => row(picture, found.tokens, found)));
    const hidden = rows.slice(MOST_ROWS);
    const rest = hidden.reduce((before, { found }) => before + (found.tokens ?? 0), 0);
    more.textContent = hidden.length === 0 ? '' : `… and ${hidden.length} more, ${tokens(rest, bill.exact)} tokens`;
  };

  const costs = (count: number): string => usd(cost(count, model));

  const row = (picture: Counted, count: number | null, found: { exact: boolean; note: string }): HTMLElement =>
    h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        picture.label,
        found.note === '' ? null : h('span', { class: 'headroom-remark' }, found.note)
      ),
      h('td', { class: 'headroom-number' }, pixels(picture.size).replace(' px', '')),
      h('td', { class: 'headroom-number' }, count === null ? '–' : tokens(count, found.exact)),
      h('td', { class: 'headroom-number' }, count === null ? '–' : costs(count))
    );

  draw();
  return element;
}

function basisOf(count: number, bill: Bill, model: Model, catalog: Catalog): string {
  const price = usdPerMillion(model);
  const parts = [
    count === 1 ? '1 picture' : `${count.toLocaleString('en-US')} pictures`,
    ...(bill.missing > 0 ? [`${bill.missing.toLocaleString('en-US')} could not be counted`] : []),
    price === null
      ? 'no price known'
      : `${usd(price)} per million input tokens${catalog.priced.has(model.name) ? ' (your price)' : ''}`,
    ...(bill.exact ? [] : ['≈ marks an estimate'])
  ];
  return parts.join(' · ');
}
