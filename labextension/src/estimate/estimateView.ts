/**
 * What images cost before they are sent: the sum on one model or on those that the requests name, the same on others, and image by image.
 *
 *     parent.append(estimateView({ pictures, catalog, model: chosen(catalog, 'gpt-4o'), signal }));
 */

import { cost, usdPerMillion, type Model } from '../costs';
import { h } from '../views/dom';
import { pixels, tokens, usd } from '../report/format';
import { billOf, figure, type Bill, type Counted } from './counted';
import { chosen, type Catalog } from './catalog';
import { gridPicture } from './gridPicture';
import { EACH, modelChoice } from './modelChoice';
import { modelTable } from './modelTable';

export interface EstimateOptions {
  readonly pictures: readonly Counted[];
  readonly catalog: Catalog;
  readonly model: Model;
  readonly signal: AbortSignal;
  /** Where a single image can be shown: its address. */
  readonly address?: string;
}

const MOST_ROWS = 200;

export function estimateView(options: EstimateOptions): HTMLElement {
  const { pictures, catalog, signal, address } = options;
  const modelOf = (picture: Counted): Model =>
    picture.model === undefined ? options.model : chosen(catalog, picture.model);
  const [named = options.model, ...differing] = new Set(pictures.map(modelOf));
  let model: Model | null = differing.length > 0 ? null : named;
  const choose = (next: Model | null): void => {
    model = next;
    draw();
  };
  const choice = modelChoice(choose, signal, differing.length > 0);
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
    h('caption', { class: 'headroom-visually-hidden' }, 'Each image, the most expensive first'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Image'),
        h('th', { scope: 'col', class: 'headroom-number' }, 'Size'),
        h('th', { scope: 'col', class: 'headroom-number' }, 'Tokens'),
        h('th', { scope: 'col', class: 'headroom-number' }, 'Costs')
      )
    ),
    body
  );
  const list = h('section', { class: 'headroom-block' }, h('h3', {}, 'Image by image'), table, more);
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
    const bill = billOf(pictures, model ?? modelOf);
    const isKnown = bill.missing + bill.pdfs < pictures.length;
    sum.textContent = isKnown ? `${tokens(bill.tokens, bill.exact)} tokens` : 'not known';
    money.textContent = isKnown ? usd(bill.usd) : '';
    basis.textContent = basisOf(pictures, bill, model, catalog);
    spoken.textContent = `${sum.textContent}, ${money.textContent} on ${model?.name ?? EACH}`;
    const all = [...(model === null ? [] : [model]), ...catalog.compared.filter(other => other !== model)];
    others.show(
      all.map(other => [other, billOf(pictures, other)]),
      model
    );
    if (isKnown && model !== null) {
      under?.show(model, only?.detail ?? 'auto');
    }
    list.hidden = pictures.length < 2 && isKnown;
    const rows = pictures.map(picture => ({ picture, found: figure(picture, model ?? modelOf(picture)) }));
    rows.sort((a, b) => (b.found.tokens ?? -1) - (a.found.tokens ?? -1));
    body.replaceChildren(...rows.slice(0, MOST_ROWS).map(({ picture, found }) => row(picture, found.tokens, found)));
    const hidden = rows.slice(MOST_ROWS);
    const rest = hidden.reduce((before, { found }) => before + (found.tokens ?? 0), 0);
    more.textContent = hidden.length === 0 ? '' : `… and ${hidden.length} more, ${tokens(rest, bill.exact)} tokens`;
  };

  const row = (picture: Counted, count: number | null, found: { exact: boolean; note: string }): HTMLElement =>
    h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        picture.label,
        model === null ? h('span', { class: 'headroom-remark' }, modelOf(picture).name) : null,
        found.note === '' ? null : h('span', { class: 'headroom-remark' }, found.note)
      ),
      h('td', { class: 'headroom-number' }, pixels(picture.size).replace(' px', '')),
      h('td', { class: 'headroom-number' }, count === null ? '–' : tokens(count, found.exact)),
      h('td', { class: 'headroom-number' }, count === null ? '–' : usd(cost(count, model ?? modelOf(picture))))
    );

  draw();
  return element;
}

function basisOf(pictures: readonly Counted[], bill: Bill, model: Model | null, catalog: Catalog): string {
  const count = pictures.length - bill.pdfs;
  const unknown = new Set(pictures.flatMap(picture => picture.unknownModel ?? []));
  const isOwn = model !== null && pictures.every(picture => picture.model === model.name);
  const parts = [
    ...(count === 0 ? [] : [count === 1 ? '1 image' : `${count.toLocaleString('en-US')} images`]),
    ...(bill.pdfs === 0 ? [] : [`${bill.pdfs} document${bill.pdfs === 1 ? '' : 's'}, not counted here`]),
    ...(bill.missing > 0 ? [`${bill.missing.toLocaleString('en-US')} could not be counted`] : []),
    ...(isOwn ? ['the model that the request names'] : []),
    ...(unknown.size > 0 ? [`not in the table: ${[...unknown].join(', ')}`] : []),
    model === null ? 'each on the model that its request names' : priceOf(model, catalog),
    ...(bill.exact ? [] : ['≈ marks an estimate'])
  ];
  return parts.join(' · ');
}

function priceOf(model: Model, catalog: Catalog): string {
  const price = usdPerMillion(model);
  return price === null
    ? 'no price known'
    : `${usd(price)} per million input tokens${catalog.priced.has(model.name) ? ' (your price)' : ''}`;
}
