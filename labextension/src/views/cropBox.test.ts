import { expect, test } from 'vitest';
import type { Box, Handle } from './cropBox';
import { drawn, moved, resized, selected, sizeOf, SMALLEST, startingBox } from './cropBox';
import type { Size } from '../report/report';

const SIZE: Size = [400, 300];
const BOX: Box = [100, 100, 200, 180];

/** Numbers that are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (;;) {
    seed = (seed * 16807) % 2147483647;
    yield seed / 2147483647;
  }
}

test('a box that is moved keeps its size and stops at the edges', () => {
  expect(moved(BOX, 10.4, -5, SIZE)).toEqual([110, 95, 210, 175]);
  expect(moved(BOX, 1000, -1000, SIZE)).toEqual([300, 0, 400, 80]);
});

test('a handle moves its own sides alone', () => {
  expect(resized(BOX, { x: 'left', y: null }, -30, 50, SIZE)).toEqual([70, 100, 200, 180]);
  expect(resized(BOX, { x: 'right', y: 'bottom' }, 500, 500, SIZE)).toEqual([100, 100, 400, 300]);
  expect(resized(BOX, { x: 'left', y: 'top' }, 500, 500, SIZE)).toEqual([200 - SMALLEST, 180 - SMALLEST, 200, 180]);
});

test('whatever is done to a box, it stays inside and large enough', () => {
  const random = numbers(11);
  const between = (low: number, high: number): number => low + random.next().value * (high - low);
  const handles: readonly Handle[] = [
    { x: 'left', y: 'top' },
    { x: 'right', y: null },
    { x: null, y: 'bottom' },
    { x: null, y: null }
  ];
  let box = BOX;
  for (let at = 0; at < 2000; at++) {
    const handle = handles[at % 4] ?? { x: null, y: null };
    const [dx, dy] = [between(-300, 300), between(-300, 300)];
    box = at % 4 === 3 ? moved(box, dx, dy, SIZE) : resized(box, handle, dx, dy, SIZE);
    const [width, height] = sizeOf(box);
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(SMALLEST);
    expect(Math.min(box[0], box[1])).toBeGreaterThanOrEqual(0);
    expect(box[2]).toBeLessThanOrEqual(SIZE[0]);
    expect(box[3]).toBeLessThanOrEqual(SIZE[1]);
    expect(box.every(Number.isInteger)).toBe(true);
  }
});

test('a box is drawn in any direction, and only when it is meant', () => {
  expect(drawn([50, 60], [10, 20], SIZE)).toEqual([10, 20, 50, 60]);
  expect(drawn([390, 290], [900, 900], SIZE)).toEqual([390, 290, 400, 300]);
  expect(drawn([10, 10], [13, 200], SIZE)).toBeNull();
});

test('a first box lies in the middle of what is seen; a tiny picture is taken whole', () => {
  expect(startingBox([0, 0, 400, 300], SIZE)).toEqual([67, 50, 333, 250]);
  expect(startingBox([0, 0, 3, 3], [3, 3])).toEqual([0, 0, 3, 3]);
  expect(selected(null, SIZE)).toEqual([0, 0, 400, 300]);
});
