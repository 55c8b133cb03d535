/** The figures beside an image: tokens and money, what is sent and seen, how text fares, and the size slider. */

import type { Model, Stop } from '../costs';
import type { CostLadder } from './costLadder';
import { costLadder } from './costLadder';
import { h, on, set } from './dom';
import type { Choices, Outcome, TextFacts } from './explorerState';
import { legibility, modelRungs, PICTURES, sizeRungs, stopOf, unitsInWords } from './explorerState';
import { pixels, tokens, usd } from '../report/format';

export interface PanelActions {
  readonly onLongSide: (longSide: number | null, done: boolean) => void;
  readonly onModel: (name: string) => void;
}

export interface ExplorerPanel {
  readonly element: HTMLElement;
  /** Figures alone: cheap, for every frame. */
  show(found: Outcome): void;
  /** Slider and ladders too. */
  settle(found: Outcome, choices: Choices, stops: readonly Stop[], compared: readonly Model[]): void;
  setText(facts: TextFacts): void;
}

export function explorerPanel({ onLongSide, onModel }: PanelActions, signal: AbortSignal): ExplorerPanel {
  const count = h('strong', { class: 'headroom-x-count' });
  const money = h('p', { class: 'headroom-faint' });
  const sent = h('dd');
  const seen = h('dd');
  const units = h('dd');
  const text = h('dd');
  const textRow = h('div', { hidden: true }, h('dt', {}, 'Text height'), text);
  const note = h('p', { class: 'headroom-faint', hidden: true });
  const refusal = h('p', { class: 'headroom-x-refusal', role: 'alert', hidden: true });
  const live = h('span', { class: 'headroom-visually-hidden', role: 'status' });
  const slider = h('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Size sent' });
  const chosen = h('output', { class: 'headroom-x-number' });
  const bySize = costLadder(
    'Size',
    key => {
      onLongSide(Number(key), true);
    },
    signal
  );
  const byModel = costLadder('Model', onModel, signal);
  const element = h(
    'div',
    { class: 'headroom-x-panel-figures' },
    h('div', { class: 'headroom-x-total' }, h('p', {}, count, ' tokens'), money),
    refusal,
    h(
      'dl',
      { class: 'headroom-x-facts' },
      fact('Sent', sent),
      fact('Model sees', seen),
      fact('Billed as', units),
      textRow
    ),
    note,
    h('label', { class: 'headroom-x-size' }, h('span', {}, 'Size sent'), chosen, slider),
    section('By size', bySize, true),
    section('Other models', byModel, false),
    live
  );

  let stops: readonly Stop[] = [];
  let facts: TextFacts | null = null;
  let last: Outcome | null = null;

  const slide = (done: boolean) => (): void => {
    const stop = stops[Number(slider.value)];
    if (stop !== undefined) {
      const whole = Number(slider.value) === stops.length - 1 && last?.whole[0] === stop.size[0];
      onLongSide(whole ? null : Math.max(...stop.size), done);
    }
  };
  on(slider, 'input', slide(false), signal);
  on(slider, 'change', slide(true), signal);

  function showText(): void {
    const found = facts === null || last === null ? null : legibility(facts, last);
    textRow.hidden = found === null;
    text.textContent = found?.words ?? '';
    text.dataset.level = found?.level ?? '';
  }

  function show(found: Outcome): void {
    last = found;
    const { bill } = found;
    refusal.hidden = bill !== null;
    refusal.textContent = sentenceOf(found.refusal);
    count.textContent = bill === null ? '–' : tokens(bill.estimate.tokens, bill.estimate.exact);
    const price = bill?.usd ?? null;
    const priced = price === null ? 'No price known' : `${usd(price)} · ${usd(price * PICTURES)} per 1,000 images`;
    money.textContent = bill === null ? '' : priced;
    sent.textContent = pixels(found.sent);
    seen.textContent = pixels(bill?.estimate.sentSize ?? null);
    units.textContent = bill === null ? '–' : unitsInWords(bill.grid);
    const remark = bill?.estimate.note ?? '';
    note.hidden = remark === '';
    note.textContent = sentenceOf(remark);
    chosen.textContent = pixels(found.sent);
    set(slider, { 'aria-valuetext': `${pixels(found.sent)}, ${count.textContent} tokens` });
    showText();
  }

  return {
    element,
    show,
    settle(found, choices, next, compared) {
      stops = next;
      const at = stopOf(stops, found.sent);
      slider.max = String(Math.max(stops.length - 1, 0));
      slider.value = String(at);
      slider.disabled = stops.length < 2;
      show(found);
      const { model, detail } = choices;
      bySize.show(sizeRungs(stops, at, model, detail));
      byModel.show(modelRungs(found.sent, model, detail, compared), 'usd');
      live.textContent =
        found.bill === null ? found.refusal : `${count.textContent} tokens on ${model.name}, ${money.textContent}`;
    },
    setText(next) {
      facts = next;
      showText();
    }
  };
}

function fact(name: string, value: HTMLElement): HTMLElement {
  return h('div', {}, h('dt', {}, name), value);
}

function section(title: string, ladder: CostLadder, open: boolean): HTMLElement {
  return h('details', { class: 'headroom-x-section', open }, h('summary', {}, title), ladder.element);
}

function sentenceOf(words: string): string {
  return words === '' ? '' : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
