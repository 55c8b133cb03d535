import { expect, test } from 'vitest';
import { usdPerMillion } from '../costs';
import { catalogAt, chosen } from '../estimate/catalog';
import { assignedName, loadsHeadroom, looksLikeMessages } from './cellSource';
import { CONTRIBUTIONS, readSettings } from './settings';

test.each([
  ['messages = [{"role": "user"}]', 'messages'],
  ['a = 1\nchat: list[dict] = []\n', 'chat'],
  ['chat = [\n    {"role": "user"},\n]\nprint(chat)', 'chat'],
  ['prompt = """\nfake = 1\n"""', 'prompt'],
  ['for m in x:\n    inner = 1', null],
  ['if a == b: pass', null],
  ['_hidden = 1', null],
  ['a.b = 1\nc[0] = 2', null],
  ['x += 1', null],
  ['', null]
])('%j assigns %s', (source, name) => {
  expect(assignedName(source)).toBe(name);
});

test('the button is for cells that look as if they built messages', () => {
  expect(looksLikeMessages('chat = [{"role": "user", "content": parts}]')).toBe(true);
  expect(looksLikeMessages('x = np.arange(10)')).toBe(false);
  expect(looksLikeMessages('%%headroom compress\n[{"role": "user"}]')).toBe(false);
});

test('a notebook that loads the magics is told from one that does not', () => {
  expect(loadsHeadroom(['x = 1', 'import os\n%load_ext headroom_nb'])).toBe(true);
  expect(loadsHeadroom(['# load_ext headroom_nb'])).toBe(false);
});

test('settings by hand are read with care', () => {
  const settings = readSettings({
    model: 7,
    prices: { 'gpt-4o': 1.5, 'gpt-5': 'cheap', 'o1': -1, 'o3': Infinity },
    contributions: { statusBar: false, unknown: false, estimate: 'no' }
  });
  expect(settings.model).toBe('gpt-5.6-sol');
  expect(settings.prices).toEqual({ 'gpt-4o': 1.5 });
  expect([...settings.on]).toEqual(CONTRIBUTIONS.filter(name => name !== 'statusBar'));
  expect(readSettings({ prices: [], contributions: null }).on.size).toBe(CONTRIBUTIONS.length);
});

test('a price of one’s own goes before the table’s, and an unknown model gives the default', () => {
  const catalog = catalogAt({ 'gpt-4o': 0.5 });
  expect(usdPerMillion(chosen(catalog, 'gpt-4o'))).toBe(0.5);
  expect(usdPerMillion(chosen(catalogAt({}), 'gpt-4o'))).toBe(2.5);
  expect(chosen(catalog, 'no such model').name).toBe('gpt-5.6-sol');
});
