/** One image's row: previews, question, technique, signals, tokens. Built once, then kept up to date in place. */

import type { DecisionEdits } from './decisionEdits';
import { atEnd, branch, h, set } from './dom';
import { previewButton } from './previewButton';
import { questionField } from './questionField';
import type { PictureSource, Report, ReportImage } from '../report/report';
import { signalBars, tokenLines } from './rowFigures';
import { chosenOf, surenessOf, TECHNIQUE_WORDS, techniqueChoice } from './techniqueChoice';

/** Milliseconds after which waiting wants a reason. */
const SLOW = 4000;

export interface RowContext {
  readonly id: string;
  readonly titles: readonly [string, string, string, string, string];
  readonly pictures: PictureSource;
  readonly signal: AbortSignal;
  readonly edit: DecisionEdits | undefined;
  readonly toggle: (index: number) => void;
  readonly lazy: (element: Element, seen: () => void) => void;
}

export interface DecisionRow {
  readonly element: HTMLElement;
  readonly detailId: string;
  readonly cellOfDetail: HTMLElement;
  update(image: ReportImage, report: Report): void;
  busy(on: boolean): void;
  problem(sentence: string): void;
  expanded(on: boolean): void;
  focus(): void;
  remove(): void;
}

/** Return the row of an image. */
export function decisionRow(image: ReportImage, index: number, report: Report, context: RowContext): DecisionRow {
  const { id, titles, edit, pictures, lazy } = context;
  const stop = branch(context.signal);
  const { signal } = stop;
  const press = (): void => {
    context.toggle(index);
  };

  const previews = previewButton({ index, pictures, signal, press, lazy });
  const path = h('code', { class: 'headroom-path' });
  const question = h('p', { class: 'headroom-question', dir: 'auto' });
  const field = edit && questionField(words => { edit.ask(index, words); }, signal);
  const badge = h('span', { class: 'headroom-done' });
  const choice = edit && techniqueChoice(technique => { edit.choose([index], technique); }, signal);
  const sureness = h('div');
  const reason = h('p', { class: 'headroom-faint', dir: 'auto' });
  const note = h('p', { class: 'headroom-did', dir: 'auto' });
  const signals = h('ul', { class: 'headroom-signals' });
  const money = h('div', { class: 'headroom-tokens' });
  const wrong = h('p', { class: 'headroom-problem', role: 'alert', hidden: true });
  const doing = h('span');
  const spinner = h('span', { class: 'headroom-spinner', 'aria-hidden': 'true' });
  const working = h('span', { class: 'headroom-inline headroom-faint', hidden: true }, spinner, doing);
  let slow: ReturnType<typeof setTimeout> | undefined;
  atEnd(signal, () => {
    clearTimeout(slow);
  });

  const cell = (column: number, name: string, ...children: readonly HTMLElement[]): HTMLElement =>
    h(
      'div',
      { role: 'cell', class: `headroom-cell headroom-${name}` },
      h('span', { class: 'headroom-label', 'aria-hidden': 'true' }, titles[column]),
      ...children
    );
  const row = h(
    'div',
    { role: 'row', class: 'headroom-row', 'aria-rowindex': index + 2 },
    cell(0, 'previews', previews.element),
    cell(1, 'asked', field?.element ?? question, path),
    cell(
      2,
      'technique',
      h('div', { class: 'headroom-inline' }, choice?.element ?? badge, working),
      note,
      sureness,
      reason,
      wrong
    ),
    cell(3, 'signals-cell', signals),
    cell(4, 'tokens-cell', money)
  );
  const cellOfDetail = h('div', { role: 'cell', 'aria-colspan': 5 });
  const detailRow = h('div', { role: 'row', hidden: true }, cellOfDetail);
  const element = h('div', { role: 'presentation', class: 'headroom-entry' }, row, detailRow);
  const detailId = `${id}-detail`;

  const update = (next: ReportImage, whole: Report): void => {
    const { error } = next;
    previews.update(next);
    path.replaceChildren(...breakable(next.path));
    question.textContent = next.question === '' ? 'no question' : next.question;
    question.classList.toggle('headroom-faint', next.question === '');
    field?.update(next.question, `Question for ${next.path}`);
    badge.replaceChildren(h('strong', {}, next.technique), ` – ${TECHNIQUE_WORDS[next.technique]}`);
    choice?.update(next);
    sureness.replaceChildren(...surenessOf(next, edit !== undefined));
    say(reason, chosenOf(next) === null ? (next.reason ?? '') : '');
    say(note, error === null || next.note.includes(error) ? next.note : `${next.note} ${error}`);
    note.classList.toggle('headroom-problem', error !== null);
    signals.replaceChildren(...signalBars(next));
    money.replaceChildren(...tokenLines(next, whole.usd_per_million_tokens ?? null));
  };
  update(image, report);

  return {
    element,
    detailId,
    cellOfDetail,
    update,
    busy(on) {
      set(row, { 'aria-busy': String(on) });
      working.hidden = !on;
      clearTimeout(slow);
      doing.textContent = 'deciding …';
      if (on) {
        slow = setTimeout(() => {
          doing.textContent = 'the kernel is busy, or reads text …';
        }, SLOW);
      }
    },
    problem(words) {
      say(wrong, words);
      if (words !== '') {
        choice?.update(null);
        field?.failed();
      }
    },
    expanded(on) {
      previews.expanded(on, detailId);
      detailRow.hidden = !on;
    },
    focus() {
      previews.element.focus();
    },
    remove() {
      stop.abort();
      element.remove();
    }
  };
}

function say(line: HTMLElement, words: string): void {
  line.textContent = words;
  line.hidden = words === '';
}

function breakable(path: string): (Node | string)[] {
  return path.split(/(?<=\])(?=\.)/).flatMap((step, place) => (place === 0 ? [step] : [h('wbr'), step]));
}
