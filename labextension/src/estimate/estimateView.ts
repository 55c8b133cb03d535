/**
 * What pictures cost before they are sent: the sum on one model, the same on others, and picture by picture.
 *
 *     const view = estimateView({ pictures, model, prices, signal });
 *     parent.append(view.element);
 *     view.show(pictures);                            // others, under the same choices
 */

import type { Model } from '../costs';
import { costLadder } from '../views/costLadder';
import { h } from '../views/dom';
import { pixels, tokens, usd } from '../views/format';
import { billOf, figure, type Bill, type Counted } from './counted';
import { compared, modelChoice, modelOrDefault } from './modelChoice';
import { dollars, priceOf, type Prices } from './money';

export interface EstimateOptions {
  readonly pictures: readonly Counted[];
  readonly model: Model;
  readonly prices: Prices;
  readonly signal: AbortSignal;
  /** Told of another model that a person chose. */
  readonly onModel?: (model: Model) => void;
}

export interface EstimateView {
  readonly element: HTMLElement;
  show(pictures: readonly Counted[]): void;
  /** Price on another model. */
  price(model: Model, prices: Prices): void;
}

const MOST_ROWS = 200;

export function estimateView(options: EstimateOptions): EstimateView {
  let { pictures, model, prices } = options;
  const { signal, onModel } = options;
  const choose = (next: Model): void => {
    model = next;
    choice.value = next.name;
    draw();
    onModel?.(next);
  };
  const choice = modelChoice(model, choose, signal);
  const sum = h('strong', { class: 'headroom-sum' });
  const money = h('span');
  const basis = h('p', { class: 'headroom-soft-text' });
  const spoken = h('p', { class: 'headroom-visually-hidden', role: 'status' });
  const ladder = costLadder('What the same costs on other models', name => {
    choose(modelOrDefault(name));
  }, signal);
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
    h('div', { class: 'headroom-sum-line' }, sum, money, h('label', { class: 'headroom-on' }, 'on', choice)),
    basis,
    spoken,
    h('section', { class: 'headroom-block' }, h('h3', {}, 'The same on other models'), ladder.element),
    list
  );

  const draw = (): void => {
    const bill = billOf(pictures, model);
    sum.textContent = `${tokens(bill.tokens, bill.exact)} tokens`;
    money.textContent = costs(bill.tokens);
    basis.textContent = basisOf(pictures.length, bill, model, prices);
    spoken.textContent = `${sum.textContent}, ${money.textContent} on ${model.name}`;
    ladder.show(
      compared(model).map(other => {
        const { tokens: count, exact } = billOf(pictures, other);
        return {
          key: other.name,
          label: other.name,
          tokens: count,
          exact,
          usd: dollars(count, other, prices),
          current: other === model
        };
      }),
      'usd'
    );
    list.hidden = pictures.length < 2 && bill.missing === 0;
    const rows = pictures.map(picture => ({ picture, found: figure(picture, model) }));
    rows.sort((a, b) => (b.found.tokens ?? -1) - (a.found.tokens ?? -1));
    body.replaceChildren(...rows.slice(0, MOST_ROWS).map(({ picture, found }) => row(picture, found.tokens, found)));
    const hidden = rows.slice(MOST_ROWS);
    const rest = hidden.reduce((before, { found }) => before + (found.tokens ?? 0), 0);
    more.textContent = hidden.length === 0 ? '' : `… and ${hidden.length} more, ${tokens(rest, bill.exact)} tokens`;
  };

  const costs = (count: number): string => usd(dollars(count, model, prices));

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
  return {
    element,
    show(next) {
      pictures = next;
      draw();
    },
    price(next, nextPrices) {
      model = next;
      prices = nextPrices;
      choice.value = next.name;
      draw();
    }
  };
}

function basisOf(count: number, bill: Bill, model: Model, prices: Prices): string {
  const price = priceOf(model, prices);
  const parts = [
    count === 1 ? '1 picture' : `${count.toLocaleString('en-US')} pictures`,
    ...(bill.missing > 0 ? [`${bill.missing.toLocaleString('en-US')} could not be counted`] : []),
    price === null
      ? 'no price known'
      : `${usd(price)} per million input tokens${model.name in prices ? ' (your price)' : ''}`,
    ...(bill.exact ? [] : ['≈ marks an estimate'])
  ];
  return parts.join(' · ');
}
