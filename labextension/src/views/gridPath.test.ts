import { expect, test } from 'vitest';
import type { Grid } from '../costs';
import { findModel, grid } from '../costs';
import { covered, gridLines } from './gridPath';
import type { Size } from '../report/report';

function gridOf(size: Size, name: string, detail = 'auto'): Grid {
  const model = findModel(name);
  if (model === undefined) {
    throw new Error(name);
  }
  return grid(size, model, detail);
}

test('lines lie where the units end, in pixels of the picture', () => {
  // 1024×1024 is shrunk to 768×768: the tile's edge at 512 lies at two thirds
  const { lines, every } = gridLines(gridOf([1024, 1024], 'gpt-4o', 'high'), [0, 0, 1024, 1024], 0.5);
  expect(lines).toContain('M682.67 0.00V1024.00');
  expect(every).toBe(1);
});

test('what whole tiles cover beyond the picture is shown', () => {
  const tiles = gridOf([1024, 1024], 'gpt-4o', 'high');
  expect(covered(tiles)).toEqual([1024, 1024]);
  expect(gridLines(tiles, [0, 0, 1024, 1024], 1).beyond).toContain('H1365.33');
  expect(gridLines(gridOf([1024, 1024], 'gemini-3-flash-preview'), [0, 0, 1024, 1024], 1).beyond).toBe('');
});

test('lines that would lie too near are left out, by halves', () => {
  const patches = gridOf([3200, 3200], 'gpt-5.6-sol');
  expect(gridLines(patches, [0, 0, 3200, 3200], 1).every).toBe(1);
  expect(gridLines(patches, [0, 0, 3200, 3200], 0.1).every).toBe(2);
  expect(gridLines(patches, [0, 0, 3200, 3200], 0.05).every).toBe(4);
});

test('a picture that is billed as a whole has an outline alone', () => {
  const { lines, beyond } = gridLines(gridOf([640, 480], 'gpt-4o', 'low'), [0, 0, 640, 480], 1);
  expect(lines).toBe('M0.00 0.00H640.00V480.00H0.00Z');
  expect(beyond).toBe('');
});

test('a crop carries its grid with it', () => {
  expect(gridLines(gridOf([512, 512], 'gpt-5.6-sol'), [100, 50, 612, 562], 1).lines).toContain('M132.00 50.00V562.00');
});
