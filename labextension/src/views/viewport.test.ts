import { expect, test } from 'vitest';
import type { Size } from '../report/report';
import { CLOSEST, fitted, kept, toPicture, visible, zoomed } from './viewport';

const PICTURE: Size = [4000, 3000];
const STAGE: Size = [800, 600];

test('a picture is fitted whole and centred', () => {
  expect(fitted(PICTURE, STAGE)).toEqual({ scale: 0.2, x: 0, y: 0 });
  expect(fitted([100, 300], STAGE)).toEqual({ scale: 2, x: 300, y: 0 });
  expect(fitted([10, 10], STAGE).scale).toBe(CLOSEST);
});

test('the point under the pointer stays where it is', () => {
  const fit = fitted(PICTURE, STAGE);
  const at: Size = [600, 150];
  const before = toPicture(fit, at);
  const after = toPicture(zoomed(fit, 3, at, fit), at);
  expect(after[0]).toBeCloseTo(before[0]);
  expect(after[1]).toBeCloseTo(before[1]);
});

test('zoom ends at the fit and at the closest', () => {
  const fit = fitted(PICTURE, STAGE);
  expect(zoomed(fit, 0.1, [0, 0], fit).scale).toBe(fit.scale);
  expect(zoomed(fit, 1e6, [0, 0], fit).scale).toBe(CLOSEST);
});

test('a picture cannot be pushed out of sight', () => {
  const near = { scale: 1, x: 500, y: -9000 };
  expect(kept(near, PICTURE, STAGE)).toEqual({ scale: 1, x: 0, y: -2400 });
  expect(visible(kept(near, PICTURE, STAGE), PICTURE, STAGE)).toEqual([0, 2400, 800, 3000]);
});
