import { expect, test, vi } from 'vitest';
import { billView } from './billView';
import { catalogAt, chosen } from './catalog';
import { billOf, uncountedPdf } from './counted';
import { estimateView } from './estimateView';
import { gridPicture } from './gridPicture';

const CATALOG = catalogAt({});
const GPT_4O = chosen(CATALOG, 'gpt-4o');
const LARGE = { label: 'large.png', size: [1030, 512], detail: 'auto', problem: '' } as const;
const BROKEN = { label: '<b>broken</b>.png', size: null, detail: 'auto', problem: 'Not a picture.' } as const;

function textOf(element: Element | null): string {
  return (element?.textContent ?? '').replace(/\s+/g, ' ');
}

test('pictures are summed, compared on other models, and listed with the most expensive first', () => {
  const { signal } = new AbortController();
  const small = { ...LARGE, label: 'small.png', size: [10, 10] as const };
  const view = estimateView({ pictures: [small, BROKEN, LARGE], catalog: CATALOG, model: GPT_4O, signal });
  expect(textOf(view.querySelector('.headroom-sum-line'))).toContain('850 tokens$0.0021');
  expect(textOf(view)).toContain('3 images · 1 could not be counted · $2.50 per million input tokens');
  const rows = [...view.querySelectorAll('.headroom-pictures tbody th')].map(textOf);
  expect(rows).toEqual(['large.png', 'small.png', '<b>broken</b>.pngNot a picture.']);
  expect(view.querySelector('b')).toBeNull();
});

test('a model is chosen in the box or in the table; both agree, and the focus stays', () => {
  const { signal } = new AbortController();
  const view = estimateView({ pictures: [LARGE], catalog: CATALOG, model: GPT_4O, signal });
  document.body.replaceChildren(view);
  const other = view.querySelector<HTMLButtonElement>('[data-model="claude-opus-5-5"]');
  other?.click();
  expect(view.querySelector<HTMLSelectElement>('select')?.value).toBe('claude-opus-5-5');
  const pressed = view.querySelector('[aria-pressed="true"]');
  expect(pressed?.getAttribute('data-model')).toBe('claude-opus-5-5');
  expect(document.activeElement).toBe(pressed);
  const box = view.querySelector('select');
  if (box !== null) {
    box.value = 'gpt-4o';
    box.dispatchEvent(new Event('change'));
  }
  expect(textOf(view.querySelector('.headroom-sum'))).toBe('595 tokens');
});

test('the request’s own model prices it; another is chosen as before', () => {
  const { signal } = new AbortController();
  const own = { ...LARGE, model: 'claude-opus-5-5' };
  const view = estimateView({ pictures: [own], catalog: CATALOG, model: GPT_4O, signal });
  expect(view.querySelector<HTMLSelectElement>('select')?.value).toBe('claude-opus-5-5');
  expect(textOf(view)).toContain('the model that the request names');
});

test('requests that name different models are each billed on their own', () => {
  const { signal } = new AbortController();
  const pictures = [{ ...LARGE, model: 'gpt-4o' }, { ...LARGE, model: 'claude-opus-5-5' }];
  const view = estimateView({ pictures, catalog: CATALOG, model: GPT_4O, signal });
  const alone = pictures.map(picture => billOf([picture], chosen(CATALOG, picture.model)));
  const sum = alone.reduce((before, bill) => before + bill.tokens, 0);
  expect(textOf(view.querySelector('.headroom-sum'))).toBe(`${sum.toLocaleString('en-US')} tokens`);
  const box = view.querySelector('select');
  expect(box?.selectedOptions[0]?.textContent).toBe('each request’s own');
  if (box !== null) {
    box.value = 'gpt-4o';
    box.dispatchEvent(new Event('change'));
  }
  expect(textOf(view.querySelector('.headroom-sum'))).toBe('1,190 tokens');
});

test('a PDF is named, and what could not be counted is not known', () => {
  const { signal } = new AbortController();
  const pdf = uncountedPdf('report.pdf');
  const alone = estimateView({ pictures: [pdf], catalog: CATALOG, model: GPT_4O, signal });
  expect(textOf(alone.querySelector('.headroom-sum'))).toBe('not known');
  expect(textOf(alone)).toContain('1 document, not counted here');
  expect(textOf(alone.querySelector('.headroom-pictures tbody'))).toContain('report.pdf');
  const beside = estimateView({ pictures: [LARGE, pdf], catalog: CATALOG, model: GPT_4O, signal });
  expect(textOf(beside.querySelector('.headroom-sum'))).toBe('595 tokens');
  expect(textOf(beside)).toContain('1 image · 1 document, not counted here');
});

test('a price of one’s own is marked', () => {
  const { signal } = new AbortController();
  const catalog = catalogAt({ 'gpt-4o': 1000 });
  const view = estimateView({ pictures: [LARGE], catalog, model: chosen(catalog, 'gpt-4o'), signal });
  expect(textOf(view)).toContain('$1,000.00 per million input tokens (your price)');
  expect(textOf(view.querySelector('.headroom-sum-line'))).toContain('$0.60');
});

test('the grid is that of the model', () => {
  const view = gridPicture('blob:picture', [1030, 512], 'large.png');
  view.show(GPT_4O, 'auto');
  expect(textOf(view.element)).toBe('3 × 1 = 3 tiles of 512 px in what the model sees, 1030×512 px');
  expect(view.element.querySelector('path')?.getAttribute('d')).toContain('M512.00 0.00V512.00');
  view.show(chosen(CATALOG, 'claude-opus-5-5'), 'auto');
  expect(textOf(view.element)).toContain('patches of 28 px');
});

test('a notebook’s bill follows its pictures, and a picked one names its cell', () => {
  const { signal } = new AbortController();
  const onPick = vi.fn();
  const view = billView({ catalog: CATALOG, model: GPT_4O, signal, onPick });
  expect(textOf(view.element)).toContain('Open a notebook');
  view.show('a.ipynb', []);
  expect(textOf(view.element)).toContain('no images in the outputs of a.ipynb');
  view.show('a.ipynb', [{ ...LARGE, label: 'Cell 4', cell: 4 }]);
  expect(textOf(view.element.querySelector('.headroom-sum-line'))).toBe('595 tokens$0.0015');
  const button = view.element.querySelector('button');
  view.show('a.ipynb', [{ ...LARGE, label: 'Cell 4', cell: 4 }]);
  expect(view.element.querySelector('button')).toBe(button);
  button?.click();
  expect(onPick).toHaveBeenCalledWith(4);
});
