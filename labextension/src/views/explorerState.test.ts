import { expect, test } from 'vitest';
import type { Model } from '../costs';
import { boundaries, defaultModels, findModel, readRow } from '../costs';
import type { Choices, Outcome } from './explorerState';
import { legibility, modelRungs, outcome, sizeRungs, stopOf, unitsInWords } from './explorerState';

function model(name: string): Model {
  const found = findModel(name);
  if (found === undefined) {
    throw new Error(name);
  }
  return found;
}

function choices(part: Partial<Choices> = {}): Choices {
  return { model: model('gpt-4o'), detail: 'high', cropBox: null, longSide: null, question: '', ...part };
}

function billOf(found: Outcome): NonNullable<Outcome['bill']> {
  if (found.bill === null) {
    throw new Error(found.refusal);
  }
  return found.bill;
}

test('the crop is what is sent, at its own size or smaller', () => {
  const whole = outcome(choices(), [1240, 1640]);
  expect([whole.sent, billOf(whole).estimate.tokens]).toEqual([[1240, 1640], 765]);
  const cut = outcome(choices({ cropBox: [0, 0, 600, 300], longSide: 300 }), [1240, 1640]);
  expect([cut.whole, cut.sent]).toEqual([
    [600, 300],
    [300, 150]
  ]);
});

test('a refusal is said and priced at nothing', () => {
  const refused = outcome(choices({ model: model('claude-sonnet-4-6') }), [9000, 100]);
  expect(refused.bill).toBeNull();
  expect(refused.refusal).toContain('side over 8,000 px');
});

test('a size belongs to the smallest stop that is no smaller', () => {
  const stops = boundaries([1240, 1640], model('gpt-4o'), 'high');
  expect(stops.map(stop => stop.tokens)).toEqual([255, 425, 765]);
  expect(stopOf(stops, [1240, 1640])).toBe(2);
  expect(stopOf(stops, [400, 529])).toBe(1);
  expect(stopOf(stops, [10, 13])).toBe(0);
});

test('rungs go from the largest size down and hold the present one', () => {
  const found = model('gpt-5.6-sol');
  const stops = boundaries([1240, 1640], found);
  const rungs = sizeRungs(stops, 3, found, 'auto');
  expect(rungs.length).toBeLessThanOrEqual(7);
  expect(rungs.filter(rung => rung.current).map(rung => rung.tokens)).toEqual([stops[3]?.tokens]);
  const counts = rungs.map(rung => rung.tokens);
  expect(counts).toEqual([...counts].sort((one, other) => other - one));
});

test('other models are compared by price, without those that have none', () => {
  const rungs = modelRungs([1240, 1640], model('gpt-4o'), 'high', defaultModels());
  const prices = rungs.map(rung => rung.usd);
  expect(prices).not.toContain(null);
  expect(rungs.filter(rung => rung.current).map(rung => rung.key)).toEqual(['gpt-4o']);
  expect([...prices].sort((one, other) => (one ?? 0) - (other ?? 0))).toEqual(prices);
});

test('units read as people count them', () => {
  expect(unitsInWords(billOf(outcome(choices(), [1240, 1640])).grid)).toBe('2 × 2 = 4 tiles, 512 px');
  expect(unitsInWords(billOf(outcome(choices(), [300, 300])).grid)).toBe('1 × 1 = 1 tile, 512 px');
  expect(unitsInWords(billOf(outcome(choices({ detail: 'low' }), [300, 300])).grid)).toBe('billed as a whole');
});

test('text shrinks with the view, and never grows by it', () => {
  const limits = { safe: 12, balanced: 10, max: 8.5 };
  const at = (longSide: number | null, font: number | null): string | undefined =>
    legibility({ font, limits }, outcome(choices({ longSide, model: model('gpt-5.6-sol') }), [1000, 1000]))?.level;
  expect([at(null, 14), at(750, 14), at(640, 14), at(300, 14)]).toEqual(['good', 'fair', 'poor', 'lost']);
  expect(at(null, null)).toBeUndefined();
  const enlarged = outcome(choices({ model: model('gemini-3-flash-preview') }), [100, 100]);
  expect(legibility({ font: 14, limits }, enlarged)?.words).toBe('14.0 px, reads well');
});

test('a row from the kernel bills as the built-in table does', () => {
  const row = {
    name: 'own',
    provider: 'me',
    title: 'Me',
    default_detail: 'auto',
    levels: { auto: ['anthropic-grid', { max_edge: 1568, max_tokens: 1568, patch: 28 }] as const },
    exact: true,
    note: '',
    price: 3,
    max_side: null
  };
  const own = billOf(outcome(choices({ model: readRow(row), detail: 'auto' }), [1240, 1640]));
  const known = billOf(outcome(choices({ model: model('claude-sonnet-4-6'), detail: 'auto' }), [1240, 1640]));
  expect(own).toEqual(known);
});
