/**
 * The images of a notebook with what they would cost, in a narrow column.
 *
 *     const view = billView({ catalog, model, signal, onPick });
 *     parent.append(view.element);
 *     view.show('analysis.ipynb', pictures);          // again whenever they change
 */

import { cost, type Model } from '../costs';
import { h } from '../views/dom';
import { pixels, tokens, usd } from '../report/format';
import type { Catalog } from './catalog';
import { billOf, figure } from './counted';
import { modelChoice } from './modelChoice';
import type { NotebookPicture } from './notebooks';

export interface BillOptions {
  readonly catalog: Catalog;
  readonly model: Model;
  readonly signal: AbortSignal;
  /** Told of the cell whose image was picked, counted from 1. */
  readonly onPick: (cell: number) => void;
}

export interface BillView {
  readonly element: HTMLElement;
  /** Null stands for no notebook. */
  show(notebook: string | null, pictures: readonly NotebookPicture[]): void;
  price(catalog: Catalog, model: Model): void;
}

const MOST_ROWS = 100;

export function billView(options: BillOptions): BillView {
  let { catalog, model } = options;
  const { signal, onPick } = options;
  let notebook: string | null = null;
  let pictures: readonly NotebookPicture[] = [];
  let shown = '';
  const choice = modelChoice(next => {
    model = next ?? model;
    draw();
  }, signal);
  const title = h('p', { class: 'headroom-soft-text' });
  const sum = h('strong', { class: 'headroom-sum' });
  const money = h('span');
  const list = h('ul', { class: 'headroom-bill-list' });
  const more = h('p', { class: 'headroom-soft-text' });
  const bill = h(
    'div',
    { class: 'headroom-bill-sums', 'aria-live': 'polite' },
    h('div', { class: 'headroom-sum-line' }, sum, money),
    h('label', { class: 'headroom-on' }, 'on', choice.element)
  );
  const element = h('div', { class: 'headroom-estimate headroom-bill' }, title, bill, list, more);
  list.addEventListener(
    'click',
    event => {
      const cell = Number((event.target as Element).closest('button')?.dataset.cell ?? NaN);
      if (!Number.isNaN(cell)) {
        onPick(cell);
      }
    },
    { signal }
  );

  const draw = (): void => {
    choice.offer(catalog, model);
    const empty = pictures.length === 0;
    title.textContent =
      notebook === null
        ? 'Open a notebook to see what its images would cost a model.'
        : empty
          ? `There are no images in the outputs of ${notebook}.`
          : `${pictures.length === 1 ? '1 image' : `${pictures.length} images`} in ${notebook}, the most expensive first`;
    bill.hidden = list.hidden = empty;
    const total = billOf(pictures, model);
    sum.textContent = `${tokens(total.tokens, total.exact)} tokens`;
    money.textContent = usd(total.usd);
    const rows = pictures.map(picture => ({ picture, found: figure(picture, model) }));
    rows.sort((a, b) => (b.found.tokens ?? -1) - (a.found.tokens ?? -1));
    list.replaceChildren(...rows.slice(0, MOST_ROWS).map(({ picture, found }) => item(picture, found)));
    more.textContent = rows.length > MOST_ROWS ? `… and ${rows.length - MOST_ROWS} more` : '';
  };

  const item = (picture: NotebookPicture, found: ReturnType<typeof figure>): HTMLElement => {
    const words = found.tokens === null ? found.note : `${tokens(found.tokens, found.exact)} tokens`;
    const paid = found.tokens === null ? '' : ` · ${usd(cost(found.tokens, model))}`;
    return h(
      'li',
      {},
      h(
        'button',
        { type: 'button', 'data-cell': picture.cell, title: `Show cell ${picture.cell}` },
        h(
          'span',
          { class: 'headroom-bill-picture' },
          picture.preview === undefined ? null : h('img', { src: picture.preview, alt: '', loading: 'lazy' })
        ),
        h(
          'span',
          { class: 'headroom-bill-facts' },
          h('span', { class: 'headroom-bill-cost' }, `${words}${paid}`),
          h('span', { class: 'headroom-soft-text' }, `${picture.label} · ${pixels(picture.size)}`)
        )
      )
    );
  };

  draw();
  return {
    element,
    show(name, next) {
      const key = JSON.stringify([name, next.map(({ cell, size, problem, preview }) => [cell, size, problem, preview?.length])]);
      notebook = name;
      pictures = next;
      if (key !== shown) {
        shown = key;
        draw();
      }
    },
    price(nextCatalog, next) {
      catalog = nextCatalog;
      model = next;
      draw();
    }
  };
}
