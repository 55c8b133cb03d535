/**
 * Tokens and money in steps: sizes of one image, or models, each with a bar; one is the present choice.
 *
 *     const ladder = costLadder('Size', onPick, signal);
 *     parent.append(ladder.element); ladder.show(rungs);
 */

import { h, on, set } from './dom';
import { tokens, usd } from '../report/format';

export interface Rung {
  readonly key: string;
  readonly label: string;
  readonly tokens: number;
  readonly exact: boolean;
  /** Dollars for 1,000 images. */
  readonly usd: number | null;
  readonly current: boolean;
}

export interface CostLadder {
  readonly element: HTMLElement;
  /** The longest bar is the largest figure of what the bars compare. */
  show(rungs: readonly Rung[], compare?: 'tokens' | 'usd'): void;
}

/** `what` heads the column of what is chosen between. */
export function costLadder(what: string, onPick: (key: string) => void, signal: AbortSignal): CostLadder {
  const body = h('tbody');
  const element = h(
    'table',
    { class: 'headroom-x-ladder' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, what),
        h('td', { class: 'headroom-x-bar-cell' }),
        h('th', { scope: 'col', class: 'headroom-x-number' }, 'Tokens'),
        h('th', { scope: 'col', class: 'headroom-x-number' }, '$ / 1,000')
      )
    ),
    body
  );
  const press = (event: Event): void => {
    const key = (event.target as Element).closest('button')?.dataset.key;
    if (key !== undefined) {
      onPick(key);
    }
  };
  on(element, 'click', press, signal);
  const rows = new Map<string, Row>();
  return {
    element,
    show(rungs, compare = 'tokens') {
      const most = Math.max(...rungs.map(rung => rung[compare] ?? 0), Number.MIN_VALUE);
      const wanted = new Set(rungs.map(rung => rung.key));
      for (const [key, row] of rows) {
        if (!wanted.has(key)) {
          row.element.remove();
          rows.delete(key);
        }
      }
      rungs.forEach((rung, at) => {
        const row = rows.get(rung.key) ?? newRow(rung.key);
        rows.set(rung.key, row);
        if (body.children[at] !== row.element) {
          body.insertBefore(row.element, body.children[at] ?? null);
        }
        row.show(rung, (rung[compare] ?? 0) / most);
      });
    }
  };
}

interface Row {
  readonly element: HTMLTableRowElement;
  show(rung: Rung, share: number): void;
}

/** Rows are kept, so that a button keeps the focus while figures change. */
function newRow(key: string): Row {
  const button = h('button', { type: 'button', 'data-key': key });
  const bar = h('span', { class: 'headroom-x-bar' });
  const count = h('td', { class: 'headroom-x-number' });
  const money = h('td', { class: 'headroom-x-number headroom-faint' });
  const element = h(
    'tr',
    {},
    h('th', { scope: 'row' }, button),
    h('td', { class: 'headroom-x-bar-cell', 'aria-hidden': 'true' }, bar),
    count,
    money
  );
  return {
    element,
    show(rung, share) {
      button.textContent = rung.label;
      set(button, { title: rung.label, 'aria-pressed': String(rung.current) });
      bar.style.setProperty('--hr-share', share.toFixed(4));
      count.textContent = tokens(rung.tokens, rung.exact);
      money.textContent = usd(rung.usd);
      element.classList.toggle('headroom-x-current', rung.current);
    }
  };
}
