/** One image's row: previews, question, technique, signals, tokens. Built once, then kept up to date in place. */

import { changeOf } from './comparison';
import type { DecisionEdits } from './decisionTable';
import { h } from './dom';
import { change, percent, pixels, usd } from './format';
import { fill } from './pictures';
import type { Which } from './pictures';
import { questionField } from './questionField';
import type { PictureSource, Report, ReportImage, TechniqueName } from './report';
import { TECHNIQUES } from './report';

/** What each technique does, in a few words. */
export const TECHNIQUE_WORDS: Readonly<Record<TechniqueName, string>> = {
  transcode: 'text instead of the picture',
  crop: 'the part asked for',
  full_low: 'fewer pixels',
  preserve: 'nothing given up'
};

const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  has_text: 'text',
  is_document: 'document',
  is_complex: 'busy',
  has_small_details: 'fine detail',
  text_coverage: 'text area',
  detail_loss: 'lost when small'
};

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
  const { id, titles, edit } = context;
  const stop = new AbortController();
  context.signal.addEventListener(
    'abort',
    () => {
      stop.abort();
    },
    { once: true, signal: stop.signal }
  );
  const { signal } = stop;

  const previews = previewButton(index, context, signal);
  const path = h('code', { class: 'headroom-path' });
  const question = edit === undefined ? h('p', { class: 'headroom-question', dir: 'auto' }) : null;
  const field =
    edit === undefined
      ? null
      : questionField(words => {
          edit.ask(index, words);
        }, signal);
  const badge = h('span', { class: 'headroom-done' });
  const select =
    edit === undefined
      ? null
      : choiceBox(technique => {
          edit.choose([index], technique);
        }, signal);
  const sureness = h('div', { class: 'headroom-sureness' });
  const reason = h('p', { class: 'headroom-reason', dir: 'auto' });
  const note = h('p', { class: 'headroom-note', dir: 'auto' });
  const signals = h('ul', { class: 'headroom-signals' });
  const money = h('div', { class: 'headroom-tokens' });
  const wrong = h('p', { class: 'headroom-problem', role: 'alert', hidden: true });
  const doing = h('span');
  const spinner = h('span', { class: 'headroom-spinner', 'aria-hidden': 'true' });
  const working = h('span', { class: 'headroom-working', hidden: true }, spinner, doing);
  let slow: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener('abort', () => {
    clearTimeout(slow);
  });

  const cell = (column: number, name: string, ...children: (Node | null)[]): HTMLElement =>
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
    cell(1, 'asked', question, field?.element ?? null, path),
    cell(
      2,
      'technique',
      h('div', { class: 'headroom-wish' }, select?.element ?? badge, working),
      sureness,
      reason,
      note,
      wrong
    ),
    cell(3, 'signals-cell', signals),
    cell(4, 'tokens-cell', money)
  );
  const cellOfDetail = h('div', { role: 'cell', class: 'headroom-detail-cell', 'aria-colspan': 5 });
  const detailRow = h('div', { role: 'row', class: 'headroom-detail-row', hidden: true }, cellOfDetail);
  const element = h('div', { role: 'presentation', class: 'headroom-entry' }, row, detailRow);
  const detailId = `${id}-detail`;

  const update = (next: ReportImage, whole: Report): void => {
    previews.update(next);
    path.replaceChildren(...breakable(next.path));
    if (question !== null) {
      question.textContent = next.question === '' ? 'no question' : next.question;
      question.classList.toggle('headroom-faint', next.question === '');
    }
    field?.update(next.question, `Question for ${next.path}`);
    badge.replaceChildren(h('strong', {}, next.technique), ` – ${TECHNIQUE_WORDS[next.technique]}`);
    select?.update(next);
    sureness.replaceChildren(...surenessOf(next, edit !== undefined));
    reason.textContent = chosenOf(next) === null ? (next.reason ?? '') : '';
    reason.hidden = reason.textContent === '';
    note.textContent = next.error === null || next.note.includes(next.error) ? next.note : `${next.note} ${next.error}`;
    note.classList.toggle('headroom-failed', next.error !== null);
    note.hidden = note.textContent === '';
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
      row.setAttribute('aria-busy', String(on));
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
      wrong.textContent = words;
      wrong.hidden = words === '';
      if (words !== '') {
        select?.update(null);
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

interface Previews {
  readonly element: HTMLElement;
  update(image: ReportImage): void;
  expanded(on: boolean, id: string): void;
}

function previewButton(index: number, context: RowContext, signal: AbortSignal): Previews {
  const before = h('span', { class: 'headroom-thumb' });
  const after = h('span', { class: 'headroom-thumb' });
  const arrow = h('span', { class: 'headroom-arrow', 'aria-hidden': 'true' }, '→');
  const element = h(
    'button',
    { type: 'button', class: 'headroom-previews-button', 'aria-expanded': 'false' },
    before,
    arrow,
    after
  );
  element.addEventListener(
    'click',
    () => {
      context.toggle(index);
    },
    { signal }
  );
  let seen = false;
  let image: ReportImage | null = null;
  const loads = new Map<Which, { readonly key: string; readonly stop: AbortController }>();

  const show = (frame: HTMLElement, which: Which, key: string, stored: string): void => {
    if (loads.get(which)?.key === key) {
      return;
    }
    loads.get(which)?.stop.abort();
    const stop = new AbortController();
    loads.set(which, { key, stop });
    signal.addEventListener(
      'abort',
      () => {
        stop.abort();
      },
      { once: true, signal: stop.signal }
    );
    const ask = context.pictures.thumbnail?.bind(context.pictures);
    void fill(
      frame,
      context.pictures,
      () => (ask === undefined ? Promise.resolve(stored) : ask(index, which, stop.signal)),
      '',
      stop.signal,
      true
    );
  };
  const draw = (): void => {
    if (image === null || !seen) {
      return;
    }
    show(before, 'original', 'original', image.thumbnail);
    const kind = changeOf(image);
    if (kind === 'crop' || kind === 'resized') {
      show(
        after,
        'compressed',
        JSON.stringify([image.technique, image.sizes, image.compressed_bytes, image.crop_box]),
        image.compressed_thumbnail ?? ''
      );
    } else {
      loads.get('compressed')?.stop.abort();
      loads.delete('compressed');
      after.replaceChildren(kind === 'text' ? h('span', { class: 'headroom-lines', 'aria-hidden': 'true' }) : '');
    }
  };
  context.lazy(element, () => {
    seen = true;
    draw();
  });
  return {
    element,
    update(next) {
      image = next;
      const kept = changeOf(next) === 'none';
      arrow.hidden = after.hidden = kept;
      element.setAttribute('aria-label', `${kept ? 'Show' : 'Compare before and after'}: ${next.alt}`);
      draw();
    },
    expanded(on, id) {
      element.setAttribute('aria-expanded', String(on));
      if (on) {
        element.setAttribute('aria-controls', id);
      } else {
        element.removeAttribute('aria-controls');
      }
    }
  };
}

interface ChoiceBox {
  readonly element: HTMLSelectElement;
  /** Show what holds for an image; null goes back to what was shown last. */
  update(image: ReportImage | null): void;
}

function choiceBox(chosen: (technique: TechniqueName | null) => void, signal: AbortSignal): ChoiceBox {
  const routed = h('option', { value: '' });
  const element = h(
    'select',
    { class: 'headroom-select' },
    routed,
    ...TECHNIQUES.map(name => h('option', { value: name }, `${name} – ${TECHNIQUE_WORDS[name]}`))
  );
  let value = '';
  element.addEventListener(
    'change',
    () => {
      chosen(element.value === '' ? null : (element.value as TechniqueName));
    },
    { signal }
  );
  return {
    element,
    update(image) {
      if (image !== null) {
        value = chosenOf(image) ?? '';
        const known = image.router === 'user' || image.routed === null;
        routed.textContent = known ? 'as routed' : `as routed: ${image.routed}`;
        element.setAttribute('aria-label', `Technique for ${image.path}`);
        element.classList.toggle('headroom-overruled', value !== '');
      }
      element.value = value;
    }
  };
}

/** What a person chose for an image, or null. */
function chosenOf(image: ReportImage): TechniqueName | null {
  return image.chosen ?? (image.router === 'user' ? image.routed : null);
}

/** How the technique came about; what was sent is said apart where a box shows what was wanted. */
function surenessOf(image: ReportImage, boxed: boolean): HTMLElement[] {
  const chosen = chosenOf(image);
  const wanted = chosen ?? image.routed;
  const other = wanted !== null && wanted !== image.technique;
  const lines: HTMLElement[] = [];
  if (chosen !== null) {
    const known = image.router !== 'user' && image.routed !== null;
    const agrees = image.routed === chosen ? ', as the router says' : `; the router says ${image.routed}`;
    const router = known ? agrees : '';
    lines.push(h('p', {}, `${other && !boxed ? `${chosen} ` : ''}chosen by hand${router}`));
  } else if (image.confidence !== null) {
    const of = other && !boxed ? ` of ${wanted}` : '';
    lines.push(h('p', { class: 'headroom-sure' }, bar(image.confidence), `${percent(image.confidence)} sure${of}`));
  }
  if (other && boxed) {
    lines.push(h('p', {}, 'sent: ', h('strong', {}, image.technique)));
  }
  return lines;
}

function bar(share: number): HTMLElement {
  const filled = h('span');
  filled.style.width = `${share * 100}%`;
  return h('span', { class: 'headroom-bar', 'aria-hidden': 'true' }, filled);
}

function signalBars(image: ReportImage): HTMLElement[] {
  const found = image.signals ?? {};
  // a stored notebook sorts its keys: known signals keep their order, others follow
  const names = [...new Set([...Object.keys(SIGNAL_WORDS), ...Object.keys(found)])];
  const measured = names.flatMap(name => (found[name] === undefined ? [] : [[name, found[name]] as const]));
  return measured.map(([name, share]) =>
    h(
      'li',
      { title: `${name}: ${share}` },
      h('span', {}, SIGNAL_WORDS[name] ?? name),
      bar(share),
      h('span', { class: 'headroom-visually-hidden' }, percent(share))
    )
  );
}

function tokenLines(image: ReportImage, price: number | null): HTMLElement[] {
  if (image.original_size === null && image.original_tokens === 0) {
    return [h('p', { class: 'headroom-faint' }, 'not known')];
  }
  const saved = image.original_tokens - image.compressed_tokens;
  const lines = [
    h(
      'p',
      { class: 'headroom-change' },
      change(image.original_tokens, image.compressed_tokens, image.original_exact, image.exact)
    )
  ];
  if (saved > 0) {
    const kinds = [image.free_tokens > 0 ? 'free' : null, image.traded_tokens > 0 ? 'traded' : null].filter(
      kind => kind !== null
    );
    lines.push(
      h(
        'p',
        { class: 'headroom-saved' },
        `−${percent(saved / image.original_tokens)}`,
        h('span', { class: 'headroom-faint' }, ` ${kinds.join(' + ')}`)
      )
    );
    if (price !== null) {
      lines.push(h('p', { class: 'headroom-faint' }, `${usd((saved * price) / 1e6)} saved`));
    }
  }
  const after = image.sizes.map(pixels).join(' + ');
  const size = pixels(image.original_size);
  lines.push(
    h('p', { class: 'headroom-faint headroom-size' }, after === '' || after === size ? size : `${size} → ${after}`)
  );
  return lines;
}

function breakable(path: string): (Node | string)[] {
  return path.split(/(?<=\])(?=\.)/).flatMap((step, place) => (place === 0 ? [step] : [h('wbr'), step]));
}
