/** One image's row, a line high: number, image and name, question, what was done, tokens, saving, risk. */

import type { DecisionEdits } from './decisionEdits';
import { atEnd, branch, h, on, set } from './dom';
import { previewButton } from './previewButton';
import { questionField } from './questionField';
import type { PictureSource, ReportImage } from '../report/report';
import { didWords, nameOf, riskWords, savedWords, tokenWords } from './rowFigures';
import { techniqueChoice } from './techniqueChoice';

/** Milliseconds after which waiting wants a reason. */
const SLOW = 4000;

export interface RowContext {
  readonly id: string;
  readonly titles: readonly string[];
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
  update(image: ReportImage): void;
  busy(on: boolean): void;
  problem(sentence: string): void;
  expanded(on: boolean): void;
  focus(): void;
  remove(): void;
}

/** Return the row of an image. */
export function decisionRow(image: ReportImage, index: number, context: RowContext): DecisionRow {
  const { id, titles, edit, pictures, lazy } = context;
  const stop = branch(context.signal);
  const { signal } = stop;
  const press = (): void => {
    context.toggle(index);
  };

  const previews = previewButton({ index, pictures, signal, press, lazy });
  const name = h('span', { class: 'headroom-name', dir: 'auto' });
  const question = h('p', { class: 'headroom-question', dir: 'auto' });
  const field = edit && questionField(words => { edit.ask(index, words); }, signal);
  const choice = edit && techniqueChoice(technique => { edit.choose([index], technique); }, signal);
  const did = h('span', { class: 'headroom-did' });
  const failed = h('p', { class: 'headroom-problem', dir: 'auto' });
  const tokens = h('span', { class: 'headroom-change' });
  const saved = h('span', { class: 'headroom-saved' });
  const risk = h('span');
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
    cell(0, 'number', h('span', {}, String(index))),
    cell(1, 'previews', previews.element, name),
    cell(2, 'asked', field?.element ?? question),
    cell(3, 'technique', h('div', { class: 'headroom-inline' }, choice?.element, did, working), failed, wrong),
    cell(4, 'figure', tokens),
    cell(5, 'figure', saved),
    cell(6, 'figure', risk)
  );
  on(row, 'click', event => { pressLine(event, press); }, signal);
  const cellOfDetail = h('div', { role: 'cell', 'aria-colspan': titles.length });
  const detailRow = h('div', { role: 'row', hidden: true }, cellOfDetail);
  const element = h('div', { role: 'presentation', class: 'headroom-entry' }, row, detailRow);
  const detailId = `${id}-detail`;

  const update = (next: ReportImage): void => {
    previews.update(next);
    name.textContent = nameOf(next, index);
    set(name, { title: next.path });
    question.textContent = next.question === '' ? 'no question' : next.question;
    set(question, { title: next.question });
    question.classList.toggle('headroom-faint', next.question === '');
    field?.update(next.question, `Question for ${next.path}`);
    choice?.update(next);
    did.textContent = didWords(next);
    say(failed, next.error ?? '');
    tokens.textContent = tokenWords(next);
    saved.textContent = savedWords(next);
    risk.textContent = riskWords(next);
  };
  update(image);

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

/** A press anywhere on a line opens it, except on what is pressed for something else, or where text was selected. */
function pressLine(event: MouseEvent, press: () => void): void {
  const inside = event.target as Element;
  if (inside.closest('button,select,textarea') === null && window.getSelection()?.isCollapsed !== false) {
    press();
  }
}

function say(line: HTMLElement, words: string): void {
  line.textContent = words;
  line.hidden = words === '';
}
