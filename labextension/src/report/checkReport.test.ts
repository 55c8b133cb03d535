import { expect, test } from 'vitest';
import { checkReport, MOST_IMAGES, ReportProblem } from './checkReport';

const IMAGE = {
  path: 'messages[0].content[1]',
  question: 'What is the total?',
  routed: 'transcode',
  technique: 'transcode',
  confidence: 0.91,
  reason: 'a page of text',
  original_tokens: 1105,
  compressed_tokens: 255,
  free_tokens: 0,
  traded_tokens: 850,
  exact: false,
  original_exact: true,
  original_size: [1240, 1754],
  sizes: [],
  original_bytes: 100_000,
  compressed_bytes: 0,
  kept_pixels: 0,
  note: '',
  error: null,
  thumbnail: 'data:image/png;base64,iVBORw0KGgo=',
  alt: 'a page'
};

const REPORT = {
  version: 1,
  kind: 'compression',
  model: 'gpt-4o',
  provider: 'openai',
  model_note: 'given',
  quality: 'balanced',
  totals: {
    images: 1,
    original_tokens: 1105,
    compressed_tokens: 255,
    free_tokens: 0,
    traded_tokens: 850,
    savings_percent: 76.9,
    savings_usd: 0.002,
    exact: false
  },
  images: [IMAGE],
  hidden_images: 0,
  warnings: []
};

function withImage(changes: object): unknown {
  return { ...REPORT, images: [{ ...IMAGE, ...changes }] };
}

/** An object like `REPORT` without one of its properties. */
function without(value: object, name: string): unknown {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < depth; level++) {
    value = [value];
  }
  return value;
}

test('a sound report comes out as it went in', () => {
  expect(checkReport(REPORT)).toEqual(REPORT);
});

test('what newer reports add is taken, and what nobody knows is left behind', () => {
  const newer = { compressed_thumbnail: '', detail: 'high', signals: { text: 0.4 }, crop_box: [0, 0, 9, 9], router: 'user' };
  expect(checkReport(withImage({ ...newer, onclick: 'alert(1)', deep: nested(20_000) })).images[0]).toEqual({
    ...IMAGE,
    ...newer
  });
});

test('the longest side that a picture’s header can say is no reason to refuse a report', () => {
  const original_size = [2 ** 31 - 1, 1];
  expect(checkReport(withImage({ original_size })).images[0]?.original_size).toEqual(original_size);
});

test.each(Object.keys(REPORT))('a report without %s is refused by name', name => {
  expect(() => checkReport(without(REPORT, name))).toThrow(new RegExp(`${name} `));
});

test.each(Object.keys(IMAGE))('an image without %s is refused with its place', name => {
  const images = [IMAGE, without(IMAGE, name)];
  expect(() => checkReport({ ...REPORT, images })).toThrow(`images[1].${name}`);
});

test.each([undefined, null, 1, 'report', [], [REPORT], true, {}])('%j is no report', value => {
  expect(() => checkReport(value)).toThrow(ReportProblem);
});

test.each([
  'javascript:alert(1)',
  'data:text/html;base64,PHNjcmlwdD4=',
  'data:image/svg+xml;base64,PHN2Zz4=',
  'data:image/png,plain',
  'data:image/png;base64,iVBO"onerror="alert(1)',
  'data:image/png;base64,iVBORw0KGgo=\n',
  'https://example.org/spy.png',
  '//example.org/spy.png',
  `data:image/png;base64,${'A'.repeat(300_000)}`,
  7,
  null
])('%s is no thumbnail', thumbnail => {
  expect(() => checkReport(withImage({ thumbnail }))).toThrow('images[0].thumbnail');
  expect(() => checkReport(withImage({ compressed_thumbnail: thumbnail }))).toThrow('images[0].compressed_thumbnail');
});

test.each([
  { original_tokens: 1e300 },
  { original_tokens: -1 },
  { original_tokens: Number.NaN },
  { original_tokens: '1105' },
  { kept_pixels: 1.5 },
  { confidence: Infinity },
  { original_size: [0, 5] },
  { original_size: [1e10, 1] },
  { original_size: '1240×1754' },
  { sizes: [[1, 2, 3]] },
  { sizes: Array.from({ length: 10_000 }, () => [1, 1]) },
  { technique: 'constructor' },
  { technique: '<script>' },
  { question: { toString: 'no' } },
  { note: 'x'.repeat(1_000_000) },
  { signals: { text: 2 } },
  { signals: Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`s${index}`, 0])) },
  { crop_box: [1, 2, 3] }
])('%j does not fit', changes => {
  expect(() => checkReport(withImage(changes))).toThrow('images[0].');
});

test('a million images are refused at once', () => {
  const images = new Array(1_000_000).fill(IMAGE);
  expect(() => checkReport({ ...REPORT, images })).toThrow(`images has 1000000 entries; ${MOST_IMAGES} are the most`);
});

test('a prototype cannot stand in for properties', () => {
  expect(() => checkReport(Object.create(REPORT))).toThrow(ReportProblem);
});

test('documents of a stored report are read page by page, and refused with their place', () => {
  const page = { page: 1, form: 'text', original_tokens: 2000, compressed_tokens: 600, risk: 0.001, why: 'its text is sound' };
  const document = {
    path: 'messages[0].content[0]',
    name: 'report.pdf',
    original_tokens: 2000,
    compressed_tokens: 600,
    exact: false,
    note: '',
    error: null,
    pages: [page]
  };
  const stored = (...pages: object[]): unknown => ({ ...REPORT, documents: [{ ...document, pages }] });
  expect(checkReport(stored(page)).documents).toEqual([document]);
  expect(checkReport(REPORT).documents).toBeUndefined();
  expect(() => checkReport(stored(page, { ...page, risk: 2 }))).toThrow(/documents\[0\]\.pages\[1\]\.risk/);
});
