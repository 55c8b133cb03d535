/**
 * Every form of an image as a curve of tokens against risk, with the risk taken as a line.
 *
 *     parent.append(formsCurve(image, { allowed: 0.02, quality: 'balanced', take, signal }));
 *
 * Each form is a point that can be focused; with `take` a click or Enter takes it. A table beside it says the same. Points
 * and words are HTML over the drawing, so that they keep their size where there is little room. Style: views/forms.css.
 */

import { h, on, svg } from './dom';
import { risk, tokens } from '../report/format';
import type { ReportForm, ReportImage } from '../report/report';

export interface FormsCurveOptions {
  /** The risk that the quality takes; null where the report does not say. */
  readonly allowed: number | null;
  readonly quality: string;
  /** Take the form of a label; left out where nothing can be changed. */
  readonly take?: ((label: string) => void) | undefined;
  readonly signal: AbortSignal;
}

/** Where a point stands, percent of the drawing from its left and top. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Return what a form is, in words: `as text`, `smaller: 608×342`. */
export function formWords({ label, technique }: ReportForm): string {
  const head = technique === 'transcode' ? 'as ' : technique === 'full_low' ? 'smaller: ' : '';
  return `${head}${label}`;
}

/** Return a form with its price, and why it was not sent: `as text, 264 tokens, risk 0.4 %`. */
export function formSentence(form: ReportForm): string {
  const why = form.why_not === '' ? '' : `; not sent: ${form.why_not}`;
  return `${formWords(form)}, ${tokens(form.tokens)} tokens, risk ${risk(form.risk)}${why}`;
}

/** Return where tokens and risk stand: tokens by their logarithm, and risks so that the small ones have room. */
export function scales(forms: readonly ReportForm[], allowed: number | null): (tokens: number, risk: number) => Place {
  const counts = forms.map(form => Math.log(Math.max(1, form.tokens)));
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  const top = Math.min(1, 1.15 * Math.max(allowed ?? 0, 0.01, ...forms.map(form => form.risk)));
  return (count, chance) => ({
    x: high === low ? 50 : (100 * (Math.log(Math.max(1, count)) - low)) / (high - low),
    y: 100 * (1 - Math.cbrt(Math.min(1, chance / top)))
  });
}

/** Return the view of an image's forms; null where there is nothing to choose between. */
export function formsCurve(image: ReportImage, options: FormsCurveOptions): HTMLElement | null {
  const forms = image.forms ?? [];
  if (forms.length < 2) {
    return null;
  }
  const { allowed, quality, take, signal } = options;
  const place = scales(forms, allowed);
  const points = forms.map(form => place(form.tokens, form.risk));
  const taken = forms.find(form => form.taken);
  const said = h('p', { class: 'headroom-forms-said' }, '\u00a0');
  const say = (form: ReportForm | undefined): void => {
    said.textContent = form === undefined ? '\u00a0' : formSentence(form);
  };
  say(taken);

  const line = allowed === null ? null : place(1, allowed).y;
  const drawing = svg(
    'svg',
    { viewBox: '0 0 100 100', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    line === null ? null : svg('rect', { x: 0, y: line, width: 100, height: 100 - line, class: 'headroom-forms-within' }),
    line === null ? null : svg('line', { x1: 0, x2: 100, y1: line, y2: line, class: 'headroom-forms-taken-risk' }),
    svg('polyline', { points: points.map(({ x, y }) => `${x},${y}`).join(' '), class: 'headroom-forms-line' })
  );
  const plot = h('div', { class: 'headroom-forms-plot', role: 'group', 'aria-label': `Forms of ${image.path}` }, drawing);
  if (allowed !== null && line !== null) {
    // at the left, where the curve stands high
    const limit = h('span', { class: 'headroom-forms-limit', 'aria-hidden': 'true' }, `${quality}: ${risk(allowed)}`);
    plot.append(at(limit, { x: 0, y: line }));
  }
  forms.forEach((form, index) => {
    const point = at(pointOf(form, take, signal), points[index] ?? { x: 0, y: 0 });
    on(point, 'focus', () => { say(form); }, signal);
    on(point, 'pointerenter', () => { say(form); }, signal);
    on(point, 'pointerleave', () => { say(taken); }, signal);
    plot.append(point);
  });
  const counts = forms.map(form => form.tokens);
  const ends = new Set([Math.min(...counts), Math.max(...counts)]);
  return h(
    'section',
    { class: 'headroom-forms', 'aria-label': `Tokens and risk of every form of ${image.path}` },
    h(
      'div',
      { class: 'headroom-forms-drawn' },
      h('p', { class: 'headroom-faint' }, h('strong', {}, 'Risk'), ' that the answer is lost'),
      plot,
      h(
        'div',
        { class: 'headroom-forms-ends headroom-faint', 'aria-hidden': 'true' },
        ...[...ends].map(count => h('span', {}, `${tokens(count)} tokens`))
      ),
      said
    ),
    h('div', { class: 'headroom-forms-listed' }, formsTable(forms))
  );
}

function pointOf(form: ReportForm, take: FormsCurveOptions['take'], signal: AbortSignal): HTMLElement {
  const words = formSentence(form) + (form.taken ? ', sent' : '');
  const about = { class: 'headroom-point', 'data-form': form.label, 'data-taken': form.taken, 'aria-label': words };
  if (take === undefined) {
    return h('span', { ...about, role: 'img', tabindex: 0 });
  }
  const point = h('button', { ...about, type: 'button', 'aria-pressed': String(form.taken) });
  const press = (): void => {
    if (!form.taken) {
      take(form.label);
    }
  };
  on(point, 'click', press, signal);
  return point;
}

function at<E extends HTMLElement>(element: E, { x, y }: Place): E {
  element.style.left = `${x}%`;
  element.style.top = `${y}%`;
  return element;
}

function formsTable(forms: readonly ReportForm[]): HTMLElement {
  const number = { class: 'headroom-forms-number' };
  const rows = forms.map(form =>
    h(
      'tr',
      { 'data-taken': form.taken },
      h(
        'th',
        { scope: 'row' },
        formWords(form),
        form.taken ? h('span', { class: 'headroom-faint' }, ' · sent') : null,
        form.why_not === '' ? null : h('div', { class: 'headroom-forms-why headroom-faint' }, form.why_not)
      ),
      h('td', number, tokens(form.tokens)),
      h('td', number, risk(form.risk))
    )
  );
  const titles = ['Form', 'Tokens', 'Risk'].map((title, index) =>
    h('th', { ...(index === 0 ? {} : number), scope: 'col' }, title)
  );
  return h(
    'table',
    {},
    h('caption', { class: 'headroom-visually-hidden' }, 'Forms, from few tokens to many'),
    h('thead', {}, h('tr', {}, ...titles)),
    h('tbody', {}, ...rows)
  );
}
