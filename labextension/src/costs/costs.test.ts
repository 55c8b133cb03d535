import { expect, test } from 'vitest';
import made from '../../../tests/costs/front_end_vectors.json';
import known from '../../../tests/costs/vectors.json';
import type { Size } from '../report/report';
import { timesDecimal } from './arithmetic';
import type { Model } from './models';
import { boundaries, cost, detailsOf, estimate, findModel, grid, models, RefusedError, steps, unitCount } from './index';
import { usdPerMillion } from './models';

function model(name: string): Model {
  const found = findModel(name);
  if (found === undefined) {
    throw new Error(`no model ${name}`);
  }
  return found;
}

interface Vector {
  readonly model: string;
  readonly size: Size;
  readonly detail: string;
  readonly tokens: number | null;
  readonly kind: string;
}

const KNOWN = known as unknown as readonly Vector[];
const MADE = made as unknown as {
  readonly bills: readonly { model: string; detail: string; bills: readonly (readonly (number | null)[])[] }[];
  readonly steps: readonly { model: string; detail: string; size: Size; steps: readonly (readonly number[])[] }[];
};

const billedVectors = KNOWN.filter(vector => vector.kind !== 'retired' && findModel(vector.model) !== undefined);

test('most known bills name a model of the table', () => {
  expect(billedVectors.length).toBeGreaterThan(100);
});

test.each(billedVectors)('$model $size $detail is billed as known', ({ model: name, size, detail, tokens }) => {
  if (tokens === null) {
    expect(() => estimate(size, model(name), detail)).toThrow(/refuses more than 30,000: send it smaller/);
  } else {
    expect(estimate(size, model(name), detail).tokens).toBe(tokens);
  }
});

test.each(MADE.bills)('$model at $detail bills what Python bills', ({ model: name, detail, bills }) => {
  const here = bills.map(([width, height]) => {
    const size = [width ?? 0, height ?? 0] as const;
    try {
      const found = estimate(size, model(name), detail);
      return [...size, found.tokens, ...found.sentSize, ...found.bounds];
    } catch (error) {
      expect(error).toBeInstanceOf(RefusedError);
      return [...size, null];
    }
  });
  expect(here).toEqual(bills);
});

test.each(MADE.steps)('$model at $detail changes its bill at the same sizes', ({ model: name, detail, size, steps: changes }) => {
  expect(steps(size, model(name), detail)).toEqual(changes);
});

test.each(MADE.steps)('the stops of $model are the largest size for each price', ({ model: name, detail, size }) => {
  const stops = boundaries(size, model(name), detail);
  expect(stops.at(-1)?.size).toEqual(size);
  for (const [at, stop] of stops.entries()) {
    expect(estimate(stop.size, model(name), detail).tokens).toBe(stop.tokens);
    const next = stops[at + 1];
    if (next !== undefined) {
      expect(next.tokens).toBeGreaterThan(stop.tokens);
      expect(Math.max(...next.size)).toBeGreaterThan(Math.max(...stop.size));
    }
  }
});

test('the grid has as many units as are billed', () => {
  const size: Size = [1240, 1754];
  for (const each of models()) {
    for (const detail of detailsOf(each)) {
      const found = grid(size, each, detail);
      const { tokens, rule, sentSize } = estimate(size, each, detail);
      expect(found.view).toEqual(sentSize);
      expect([found.xs.at(-1), found.ys.at(-1)]).toEqual(sentSize);
      if (rule === 'anthropic-grid' || rule === 'gemini-grid' || rule === 'kimi-grid') {
        expect(unitCount(found)).toBe(tokens);
      }
      if (rule === 'flat') {
        expect([unitCount(found), found.unit]).toEqual([1, 'picture']);
      }
    }
  }
});

test('tiles are counted with their base, patches with their multiplier', () => {
  expect(unitCount(grid([1024, 1024], model('gpt-4o'), 'high')) * 170 + 85).toBe(765);
  expect(timesDecimal(unitCount(grid([1024, 1024], model('gpt-5.6-sol'))), '1.2')).toBe(1229);
});

test('a decimal multiplier does not drift', () => {
  expect([timesDecimal(1600, '1.62'), timesDecimal(5, '1.2'), timesDecimal(7, '1')]).toEqual([2592, 6, 7]);
});

test('a promotional price ends on its last day', () => {
  const promoted = model('gpt-5.6-sol');
  expect([usdPerMillion(promoted, '2026-11-21'), usdPerMillion(promoted, '2026-11-22')]).toEqual([4, 5]);
  expect(cost(1_000_000, model('gpt-4o'))).toBe(2.5);
  expect(cost(1_000_000, model('qwen3-vl'))).toBeNull();
});

test('a level the model does not offer is priced as its default, and the note says so', () => {
  const asked = estimate([1000, 1000], model('gpt-4o'), 'original');
  expect(asked.tokens).toBe(estimate([1000, 1000], model('gpt-4o')).tokens);
  expect(asked.note).toContain("no detail level 'original'");
});

test('a side the provider refuses is refused with the reason', () => {
  expect(() => estimate([8001, 100], model('claude-sonnet-4-6'))).toThrow(
    'the image of 8001×100 px has a side over 8,000 px; anthropic refuses it: send it smaller'
  );
  expect(boundaries([9000, 900], model('claude-sonnet-4-6')).at(-1)?.size).toEqual([8000, 800]);
});
