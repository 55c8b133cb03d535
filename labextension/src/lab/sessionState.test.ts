import { expect, test } from 'vitest';
import { fileKind } from './fileKinds';
import { longText, readState, shortText } from './sessionState';

const TOTALS = { conversations: 2, images: 5, original_tokens: 6147, compressed_tokens: 2830, usd: 0.0133, exact: false };

test('the status bar says what was saved, and how', () => {
  const state = readState({ version: 1, totals: TOTALS, auto: 'on' });
  expect(state === null ? '' : shortText(state)).toBe('Headroom (auto): ≈3,317 tokens · $0.013 saved');
  expect(state === null ? '' : longText(state)).toContain('5 images in 2 conversations');
  const none = readState({ version: 1, totals: { ...TOTALS, original_tokens: 0, compressed_tokens: 0, usd: 0, exact: true } });
  expect(none === null ? '' : shortText(none)).toBe('Headroom: 0 tokens saved');
});

test.each([
  null,
  'text',
  {},
  { version: 2, totals: TOTALS },
  { version: 1, totals: null },
  { version: 1, totals: { ...TOTALS, usd: 'much' } },
  { version: 1, totals: { ...TOTALS, images: Infinity } }
])('%j is no state', message => {
  expect(readState(message)).toBeNull();
});

test('what is said stays text of bounded length', () => {
  const state = readState({ version: 1, totals: TOTALS, said: 'x'.repeat(10_000), failed: 'yes' });
  expect(state?.said).toHaveLength(500);
  expect(state?.failed).toBe(false);
});

test.each([
  ['a.PNG', 'file', 'picture'],
  ['a.jpeg', 'file', 'picture'],
  ['a.ipynb', 'notebook', 'notebook'],
  ['a.json', 'file', 'messages'],
  ['a.jsonl', 'file', 'lines'],
  ['scan.TIF', 'file', 'pdf'],
  ['scan.tiff', 'file', 'pdf'],
  ['a.headroom.json', 'file', null],
  ['a.svg', 'file', null],
  ['png', 'file', null],
  ['pictures.png', 'directory', 'folder']
])('%s (%s) is %s', (name, type, kind) => {
  expect(fileKind({ name, type, path: name })).toBe(kind);
});
