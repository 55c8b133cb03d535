/**
 * The decisions of a report: totals, and one row per image.
 *
 *     const table = decisionTable(report, { pictures, signal });          // read only
 *     const table = decisionTable(report, { pictures, signal, edit });    // with choice boxes and question fields
 *     parent.append(table.element);
 *     table.update(nextReport);                                           // keeps focus and what is open
 *     table.busy(new Set([0, 2]));                                        // rows that wait for an answer
 *     table.problem(2, 'The kernel has stopped.');                        // one sentence under a row; '' takes it away
 *
 * `pictures` is a kernel's or `storedPictures(report)` (views/pictures). Everything ends when `signal` aborts. The root
 * needs the class `headroom` somewhere above it; style: views/theme.css and views/decisions.css.
 */

import { comparison } from './comparison';
import { documentPages } from './documentPages';
import { atEnd, branch, button, h, on, set } from './dom';
import { decisionRow } from './decisionRow';
import type { DecisionRow } from './decisionRow';
import type { DecisionEdits } from './decisionEdits';
import { formsCurve } from './formsCurve';
import { imageFacts } from './imageFacts';
import type { PictureSource, Report, ReportImage } from '../report/report';
import { nameOf } from './rowFigures';
import { rowOrder } from './rowOrder';
import { totalsView } from './totals';

export interface DecisionTableOptions {
  readonly pictures: PictureSource;
  readonly signal: AbortSignal;
  readonly edit?: DecisionEdits;
  /** More to stand under a row that is opened. */
  readonly under?: (image: ReportImage, index: number, signal: AbortSignal) => HTMLElement | null;
  /** Stands between the totals and the rows. */
  readonly toolbar?: HTMLElement;
}

export interface DecisionTable {
  readonly element: HTMLElement;
  update(report: Report): void;
  busy(indices: ReadonlySet<number>): void;
  problem(index: number, sentence: string): void;
}

const TITLES = ['#', 'Image', 'Question', 'What was done', 'Tokens', 'Saved', 'Risk'] as const;

let serial = 0;

/** Return the view of a report's decisions. */
export function decisionTable(report: Report, options: DecisionTableOptions): DecisionTable {
  const { pictures, signal, edit } = options;
  const id = `headroom-table-${++serial}`;
  const totals = totalsView();
  const body = h('div', { role: 'rowgroup' });
  const head = h(
    'div',
    { role: 'rowgroup', class: 'headroom-head' },
    h('div', { role: 'row', class: 'headroom-row' }, ...TITLES.map(title => h('div', { role: 'columnheader' }, title)))
  );
  const table = h(
    'div',
    { role: 'table', class: 'headroom-table', 'aria-label': 'Decisions, image by image' },
    head,
    body
  );
  const papers = h('div');
  const foot = h('div', { class: 'headroom-foot headroom-faint' });
  const order = rowOrder(() => { arrange(); }, signal);
  const element = h('div', { class: 'headroom-decisions' }, totals.element, options.toolbar, order.element, table, papers, foot);

  const rows: DecisionRow[] = [];
  const unfolded = new Set<string>();
  let shown = '';
  let current = report;
  let opened: { readonly index: number; readonly stop: AbortController; readonly panel: HTMLElement } | null = null;

  /** Put the rows in the order that is wanted; those left out are hidden, and those in a document that is folded. */
  const arrange = (): void => {
    const folded = (current.documents ?? []).flatMap(({ path, images = [] }) => (unfolded.has(path) ? [] : images));
    const wanted = order.of(current.images).filter(index => !folded.includes(index));
    rows.forEach((row, index) => {
      row.element.hidden = !wanted.includes(index);
    });
    const elements = wanted.flatMap(index => rows[index]?.element ?? []);
    table.hidden = elements.length === 0;
    if (elements.some((one, place) => one !== [...body.children].filter(child => !(child as HTMLElement).hidden)[place])) {
      body.append(...elements);
    }
  };

  const close = (focus: boolean): void => {
    if (opened !== null) {
      const row = rows[opened.index];
      opened.stop.abort();
      opened.panel.remove();
      opened = null;
      row?.expanded(false);
      if (focus) {
        row?.focus();
      }
    }
  };

  const open = (index: number): void => {
    const image = current.images[index];
    const row = rows[index];
    close(false);
    if (image === undefined || row === undefined) {
      return;
    }
    const stop = branch(signal);
    const shut = button('Close', () => { close(true); }, stop.signal);
    const panel = h(
      'div',
      { class: 'headroom-detail', role: 'region', id: row.detailId, 'aria-label': `Before and after: ${nameOf(image, index)}` },
      h('div', { class: 'headroom-inline headroom-apart' }, h('strong', {}, nameOf(image, index)), shut),
      comparison(image, index, pictures, stop.signal),
      imageFacts(image, current.usd_per_million_tokens ?? null),
      formsCurve(image, {
        allowed: current.allowed_risk ?? null,
        quality: current.quality,
        take: edit && (form => { edit.take(index, form); }),
        signal: stop.signal
      }),
      options.under?.(image, index, stop.signal)
    );
    const key = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') {
        event.stopPropagation();
        close(true);
      }
    };
    on(element, 'keydown', key, stop.signal); // from anywhere in the view, as the focus may be elsewhere
    row.cellOfDetail.append(panel);
    row.expanded(true);
    opened = { index, stop, panel };
  };

  const toggle = (index: number): void => {
    if (opened?.index === index) {
      close(true);
    } else {
      open(index);
    }
  };

  /** The panel was built anew: go on at the form that is sent now, or at the row. */
  const focusAgain = (row: DecisionRow, onCurve: boolean): void => {
    const point = onCurve ? row.cellOfDetail.querySelector<HTMLElement>('.headroom-point[data-taken]') : null;
    (point ?? row).focus();
  };

  const lazy = whenSeen(signal);

  const update = (next: Report): void => {
    const text = JSON.stringify(next);
    if (text === shown) {
      return;
    }
    const before = current;
    const first = shown === '';
    shown = text;
    current = next;
    totals.update(next);
    if (rows.length > next.images.length) {
      close(false);
    }
    for (const row of rows.splice(next.images.length)) {
      row.remove();
    }
    next.images.forEach((image, index) => {
      const row = rows[index];
      if (row === undefined) {
        const made = decisionRow(image, index, {
          id: `${id}-${index}`,
          titles: TITLES,
          pictures,
          signal,
          edit,
          toggle,
          lazy
        });
        rows.push(made);
        body.append(made.element);
      } else if (
        first ||
        next.usd_per_million_tokens !== before.usd_per_million_tokens ||
        !same(image, before.images[index])
      ) {
        row.update(image);
        row.problem('');
        if (opened?.index === index) {
          const held = opened.panel.contains(document.activeElement);
          const onCurve = document.activeElement?.classList.contains('headroom-point') ?? false;
          open(index);
          if (held) {
            focusAgain(row, onCurve);
          }
        }
      }
    });
    order.element.hidden = next.images.length < 2;
    arrange();
    if (first || !same(next.documents, before.documents)) {
      papers.replaceChildren(...documentPages(next, unfolded, arrange));
    }
    foot.replaceChildren(...footnotes(next));
    set(table, { 'aria-rowcount': next.totals.images + 1 });
  };

  atEnd(signal, () => {
    close(false);
  });
  update(report);
  return {
    element,
    update,
    busy(indices) {
      rows.forEach((row, index) => {
        row.busy(indices.has(index));
      });
      totals.busy(indices.size > 0);
    },
    problem(index, words) {
      rows[index]?.problem(words);
    }
  };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function footnotes(report: Report): HTMLElement[] {
  const notes = report.warnings.map(warning => h('p', { class: 'headroom-problem' }, warning));
  if (report.hidden_images > 0) {
    notes.push(h('p', {}, `… and ${report.hidden_images} more images: see result.images`));
  }
  if (!report.totals.exact) {
    notes.push(h('p', {}, '≈ marks an estimate: no exact rule, conflicting sources or counted text.'));
  }
  if (report.images.some(image => (image.risk ?? 0) > 0)) {
    notes.push(h('p', {}, 'Risk: the chance that what is sent loses an answer which the image still gives.'));
  }
  return notes;
}

/** Return what calls back once an element comes near the screen. */
function whenSeen(signal: AbortSignal): (element: Element, seen: () => void) => void {
  if (typeof IntersectionObserver === 'undefined') {
    return (_, seen) => {
      seen();
    };
  }
  const waiting = new WeakMap<Element, () => void>();
  const observer = new IntersectionObserver(
    entries => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) {
          observer.unobserve(target);
          waiting.get(target)?.();
        }
      }
    },
    { rootMargin: '600px' }
  );
  atEnd(signal, () => {
    observer.disconnect();
  });
  return (element, seen) => {
    waiting.set(element, seen);
    observer.observe(element);
  };
}
