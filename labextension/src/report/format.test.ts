import { expect, test } from 'vitest';
import { change, percent, pixels, risk, tokens, usd } from './format';

test('figures read as in the Python tables', () => {
  expect(tokens(1105, false)).toBe('≈1,105');
  expect(change(1105, 255)).toBe('1,105 → 255');
  expect(change(255, 255, false)).toBe('≈255');
  expect(pixels([1240, 1754])).toBe('1240×1754 px');
  expect(pixels(null)).toBe('–');
});

test('only what is everything reads 100 %, only nothing 0 %', () => {
  expect([0, 0.001, 0.5, 0.999, 1, null].map(percent)).toEqual(['0 %', '1 %', '50 %', '99 %', '100 %', '–']);
});

test('small risks keep a decimal, and only no risk reads 0 %', () => {
  expect([0, 0.0001, 0.004, 0.02, 0.0992, 0.34, 1].map(risk)).toEqual(['0 %', '0.1 %', '0.4 %', '2 %', '9.9 %', '34 %', '100 %']);
});

test('small sums keep two significant digits', () => {
  expect([0, 0.000123, 0.5, 1234.5, null].map(usd)).toEqual(['$0', '$0.00012', '$0.50', '$1,234.50', '–']);
});
