import { afterEach, expect, test } from 'vitest';
import type { ReportForm } from '../report/report';
import { anImage } from '../testing/reports';
import { formSentence, formsCurve, formWords, scales } from './formsCurve';

const UNCHANGED: ReportForm = {
  label: 'unchanged',
  technique: 'preserve',
  tokens: 1105,
  bytes: 9,
  risk: 0,
  why_not: '',
  taken: false
};
const TEXT: ReportForm = { ...UNCHANGED, label: 'text', technique: 'transcode', tokens: 264, risk: 0.004 };
const SMALL: ReportForm = { ...UNCHANGED, label: '512×384', technique: 'full_low', tokens: 425, risk: 0.0015, taken: true };
const FORMS = [TEXT, SMALL, UNCHANGED];

let stop = new AbortController();

afterEach(() => {
  stop.abort();
  stop = new AbortController();
  document.body.replaceChildren();
});

function shown(forms: readonly ReportForm[] = FORMS, editable = true) {
  const taken: string[] = [];
  const take = editable ? (label: string) => taken.push(label) : undefined;
  const view = formsCurve(anImage({ forms }), { allowed: 0.02, quality: 'balanced', take, signal: stop.signal });
  if (view !== null) {
    document.body.append(view);
  }
  const points = [...document.querySelectorAll<HTMLElement>('.headroom-point')];
  return { view, taken, points, said: () => document.querySelector('.headroom-forms-said')?.textContent };
}

test('a form is named with its price and its risk', () => {
  expect(formSentence(TEXT)).toBe('as text, 264 tokens, risk 0.4 %');
  expect(formWords(SMALL)).toBe('smaller: 512×384');
  expect(formWords(UNCHANGED)).toBe('unchanged');
});

test('fewer tokens stand further left, less risk further down, and the risk taken lies between', () => {
  const place = scales(FORMS, 0.02);
  const [text, small, whole] = FORMS.map(form => place(form.tokens, form.risk));
  expect(text?.x).toBe(0);
  expect(whole).toEqual({ x: 100, y: 100 });
  expect(small?.x).toBeGreaterThan(0);
  expect(small?.y).toBeGreaterThan(text?.y ?? 100);
  expect(place(1, 0.02).y).toBeLessThan(text?.y ?? 0);
});

test.each([[[UNCHANGED, { ...UNCHANGED, label: 'other' }]], [[{ ...UNCHANGED, tokens: 0, risk: 1 }, UNCHANGED]]])(
  'forms of one price, of no tokens or of all risk stay in the drawing',
  forms => {
    const place = scales(forms, null);
    for (const { x, y } of forms.map(form => place(form.tokens, form.risk))) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(100);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(100);
    }
  }
);

test('every form is a button, the one that is sent is pressed, and another is taken by a click', () => {
  const { points, taken } = shown();
  expect(points.map(point => point.getAttribute('aria-label'))).toEqual([
    'as text, 264 tokens, risk 0.4 %',
    'smaller: 512×384, 425 tokens, risk 0.1 %, sent',
    'unchanged, 1,105 tokens, risk 0 %'
  ]);
  expect(points.map(point => point.getAttribute('aria-pressed'))).toEqual(['false', 'true', 'false']);
  points[1]?.click();
  points[0]?.click();
  expect(taken).toEqual(['text']);
});

test('the form under the pointer or the focus is said in full', () => {
  const { points, said } = shown();
  expect(said()).toContain('smaller: 512×384');
  points[0]?.dispatchEvent(new Event('pointerenter'));
  expect(said()).toBe('as text, 264 tokens, risk 0.4 %');
  points[0]?.dispatchEvent(new Event('pointerleave'));
  expect(said()).toContain('smaller: 512×384');
  points[2]?.dispatchEvent(new Event('focus'));
  expect(said()).toContain('unchanged');
});

test('read only, points can be focused and not pressed', () => {
  const { points, view } = shown(FORMS, false);
  expect(view?.querySelector('button')).toBeNull();
  expect(points.every(point => point.tabIndex === 0 && point.getAttribute('role') === 'img')).toBe(true);
});

test('a table beside the curve says the same', () => {
  const { view } = shown();
  const rows = [...(view?.querySelectorAll('tbody tr') ?? [])].map(row => row.textContent);
  expect(rows).toEqual(['as text2640.4 %', 'smaller: 512×384 · sent4250.1 %', 'unchanged1,1050 %']);
});

test('a form that was refused says why, in the table and under the pointer', () => {
  const refused = { ...TEXT, why_not: 'its text would leave out 2 struck lines' };
  const { view, points, said } = shown([refused, SMALL, UNCHANGED]);
  points[0]?.dispatchEvent(new Event('focus'));
  expect(said()).toBe('as text, 264 tokens, risk 0.4 %; not sent: its text would leave out 2 struck lines');
  const whys = [...(view?.querySelectorAll('.headroom-forms-why') ?? [])].map(why => why.textContent);
  expect(whys).toEqual(['its text would leave out 2 struck lines']);
});

test('names of forms stay text, and one form alone is no choice', () => {
  const { view } = shown([{ ...TEXT, label: '<img src=x>' }, UNCHANGED]);
  expect(view?.querySelector('img')).toBeNull();
  expect(shown([UNCHANGED]).view).toBeNull();
  expect(formsCurve(anImage(), { allowed: null, quality: 'safe', signal: stop.signal })).toBeNull();
});
