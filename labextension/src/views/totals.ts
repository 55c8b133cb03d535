/** The totals of a report: tokens before and after, what was saved at what price, said aloud when they change. */

import { h } from './dom';
import { change, percent, tokens, usd } from '../report/format';
import type { Report, Totals } from '../report/report';

export interface TotalsView {
  readonly element: HTMLElement;
  update(report: Report): void;
  busy(on: boolean): void;
}

/** Return the head of a report; `update` fills it. */
export function totalsView(): TotalsView {
  const figures = h('div', { class: 'headroom-figures' });
  const bar = h('div', { class: 'headroom-split', 'aria-hidden': 'true' });
  const legend = h('ul', { class: 'headroom-legend headroom-faint' });
  const basis = h('p', { class: 'headroom-basis headroom-faint' });
  const budget = h('p', { class: 'headroom-basis' });
  const lines = h('div');
  const spoken = h('p', { class: 'headroom-visually-hidden', role: 'status' });
  const element = h('div', { class: 'headroom-totals' }, figures, bar, legend, budget, lines, basis, spoken);
  return {
    element,
    busy(on) {
      element.toggleAttribute('data-busy', on);
    },
    update(report) {
      const { totals } = report;
      figures.replaceChildren(...headline(totals));
      const parts = split(totals);
      bar.replaceChildren(...parts.map(part => segment(part, totals.original_tokens)));
      legend.replaceChildren(
        ...parts.map(({ kind, words, count }) =>
          h(
            'li',
            {},
            h('span', { class: `headroom-key headroom-${kind}`, 'aria-hidden': 'true' }),
            `${tokens(count, totals.exact)} ${words}`
          )
        )
      );
      bar.hidden = legend.hidden = totals.original_tokens === 0;
      budget.replaceChildren(...budgetOf(report));
      basis.textContent = basisOf(report);
      lines.replaceChildren(...(report.lines ?? []).map(line => h('p', { class: 'headroom-basis' }, line)));
      spoken.textContent = report.summary ?? `${changed(totals)} tokens`;
    }
  };
}

function changed(totals: Totals): string {
  return change(totals.original_tokens, totals.compressed_tokens, totals.original_exact ?? totals.exact, totals.exact);
}

function headline(totals: Totals): HTMLElement[] {
  const { images, documents = 0, original_tokens: before } = totals;
  if (images + documents + before === 0) {
    return [h('strong', {}, 'No images found')];
  }
  const found = [
    h('strong', {}, before === 0 ? 'not known' : changed(totals)),
    h('span', {}, `${documents === 0 ? 'image ' : ''}tokens, ${counted(images, 'image', documents)}${counted(documents, 'document', 0)}`)
  ];
  if (totals.original_tokens > totals.compressed_tokens) {
    found.push(h('span', { class: 'headroom-saved' }, `−${percent(totals.savings_percent / 100)}`));
    if (totals.savings_usd !== null) {
      found.push(h('span', {}, `${usd(totals.savings_usd)} less each time it is sent`));
    }
  }
  return found;
}

/** Return a count with its word; nothing for none, and an `and` where more follow. */
function counted(count: number, word: string, more: number): string {
  return count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}${more === 0 ? '' : ' and '}`;
}

interface Share {
  readonly kind: 'sent' | 'free' | 'traded';
  readonly words: string;
  readonly count: number;
}

function split(totals: Totals): Share[] {
  const parts: Share[] = [
    { kind: 'sent', words: 'sent', count: totals.compressed_tokens },
    { kind: 'free', words: 'saved, the model sees the same', count: totals.free_tokens },
    { kind: 'traded', words: 'saved, detail given up', count: totals.traded_tokens }
  ];
  return parts.filter(({ count }) => count > 0);
}

function segment({ kind, count }: Share, all: number): HTMLElement {
  const made = h('span', { class: `headroom-${kind}` });
  made.style.flexGrow = String(count / Math.max(1, all));
  return made;
}

/** How full the budget is, and what it took; the text says it all, so that the bar needs no name. */
function budgetOf({ budget }: Report): (HTMLElement | string)[] {
  if (!budget) {
    return [];
  }
  const { tokens: most, spent, said } = budget;
  return most === null ? [said] : [h('meter', { max: most, value: spent, 'aria-hidden': 'true' }), ` ${said}`];
}

function basisOf(report: Report): string {
  const price = report.usd_per_million_tokens;
  const priced =
    price === undefined ? '' : price === null ? ' · no price known' : ` · ${usd(price)} per million input tokens`;
  return `${report.model} (${report.provider}; ${report.model_note})${priced} · quality ${report.quality}`;
}
