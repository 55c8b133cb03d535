import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pictureDesk, settle } from '../testing/pictureDesk';
import { aReport, anImage } from '../testing/reports';
import { decisionTable } from './decisionTable';
import type { TechniqueName } from '../report/report';

beforeEach(() => {
  vi.stubGlobal('IntersectionObserver', undefined); // everything is in view
});

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const SECOND = { path: 'messages[2].content[0]', question: 'What is the total?' };

function shown(report = aReport([anImage(), anImage(SECOND)]), editable = true) {
  const stop = new AbortController();
  const pictures = pictureDesk();
  const edits: unknown[] = [];
  const table = decisionTable(report, {
    pictures,
    signal: stop.signal,
    ...(editable
      ? {
          edit: {
            choose: (indices: readonly number[], technique: TechniqueName | null) => edits.push([indices, technique]),
            take: (index: number, form: string) => edits.push([index, form]),
            cut: (index: number, box: unknown) => edits.push([index, box]),
            ask: (index: number, question: string) => edits.push([index, question])
          }
        }
      : {})
  });
  document.body.append(table.element);
  return { table, pictures, stop, edits, ...queries(table.element) };
}

function queries(element: HTMLElement) {
  return {
    button: (index: number) => element.querySelectorAll<HTMLButtonElement>('.headroom-previews-button')[index],
    select: (index: number) => element.querySelectorAll<HTMLSelectElement>('.headroom-row select')[index],
    field: (index: number) => element.querySelectorAll<HTMLTextAreaElement>('textarea')[index],
    text: (selector: string) => [...element.querySelectorAll(selector)].map(node => node.textContent)
  };
}

test('each image has a row of one line with its facts', () => {
  const { text } = shown(aReport([anImage({ risk: 0.012 }), anImage(SECOND)]));
  expect(text('.headroom-figures')[0]).toContain('2,210 → 510');
  expect(text('.headroom-change')).toEqual(['1,105 → 255', '1,105 → 255']);
  expect(text('.headroom-figure').map(words => words.replace(/^[A-Z][a-z]+/, ''))).toContain('−77 %');
  expect(text('.headroom-figure').join(' ')).toContain('1.2 %');
  expect(text('.headroom-name')).toEqual(['receipt.png', 'receipt.png']);
  expect(text('.headroom-did')).toEqual(['smaller, 512×384 px', 'smaller, 512×384 px']);
});

test('a press anywhere on a line opens it, but not one on a control of its own', () => {
  const { button, select } = shown();
  const line = document.querySelectorAll<HTMLElement>('.headroom-row')[1];
  line?.querySelector<HTMLElement>('.headroom-change')?.click();
  expect(button(0)?.getAttribute('aria-expanded')).toBe('true');
  select(0)?.click();
  expect(button(0)?.getAttribute('aria-expanded')).toBe('true');
  line?.querySelector<HTMLElement>('.headroom-change')?.click();
  expect(button(0)?.getAttribute('aria-expanded')).toBe('false');
});

test('why, what was measured and the place stand in the details, with a legend', () => {
  const { button, text } = shown();
  button(1)?.click();
  const facts = text('.headroom-facts').join(' ');
  expect(facts).toContain('shows as a whole');
  expect(facts).toContain(SECOND.path);
  expect(facts).toContain('A full bar is all');
  expect(text('.headroom-sure')).toEqual(['full_low; the router is 71 % sure of full_low']);
  expect(text('.headroom-signals li')).toEqual(['text25 %', 'lost when small100 %']);
});

test('rows are sorted, and those without a loss left out, where a person asks for it', () => {
  const free = anImage({ name: 'free.png', traded_tokens: 0, free_tokens: 20, compressed_tokens: 1085 });
  const { table } = shown(aReport([free, anImage({ ...SECOND, original_tokens: 5000 })]), false);
  const names = (): (string | null)[] =>
    [...table.element.querySelectorAll('.headroom-entry:not([hidden]) .headroom-name')].map(node => node.textContent);
  expect(names()).toEqual(['free.png', 'receipt.png']);
  const [box, only] = table.element.querySelectorAll<HTMLInputElement>('.headroom-tools select, .headroom-tools input');
  if (box === undefined || only === undefined) {
    throw new Error('no controls');
  }
  box.value = 'most tokens first';
  box.dispatchEvent(new Event('change'));
  expect(names()).toEqual(['receipt.png', 'free.png']);
  only.checked = true;
  only.dispatchEvent(new Event('change'));
  expect(names()).toEqual(['receipt.png']);
});

test('read only, there is nothing to change', () => {
  const { table, text } = shown(undefined, false);
  expect(table.element.querySelectorAll('.headroom-row select, textarea').length).toBe(0);
  expect(text('.headroom-question')).toEqual(['Describe it', 'What is the total?']);
});

test('the words of others stay text', () => {
  const hostile = '"><script>alert(1)</script>';
  const { table } = shown(
    aReport([anImage({ path: hostile, question: hostile, reason: hostile, note: hostile, alt: hostile })], {
      model: hostile,
      warnings: [hostile]
    })
  );
  expect(table.element.querySelectorAll('script').length).toBe(0);
  expect(table.element.textContent).toContain(hostile);
});

test('a technique is overruled in its box, and given back to the router', () => {
  const { select, edits, table } = shown();
  const box = select(1);
  if (box === undefined) {
    throw new Error('no box');
  }
  box.value = 'preserve';
  box.dispatchEvent(new Event('change'));
  table.update(aReport([anImage(), anImage({ ...SECOND, technique: 'preserve', chosen: 'preserve' })]));
  expect(box.value).toBe('preserve');
  expect(box.classList.contains('headroom-overruled')).toBe(true);
  box.value = '';
  box.dispatchEvent(new Event('change'));
  expect(edits).toEqual([
    [[1], 'preserve'],
    [[1], null]
  ]);
});

test('an edit that failed goes back and says why', () => {
  const { select, table, text } = shown();
  const box = select(0);
  if (box === undefined) {
    throw new Error('no box');
  }
  box.value = 'crop';
  table.problem(0, 'The kernel did not answer.');
  expect(box.value).toBe('');
  expect(text('[role=alert]:not([hidden])')).toEqual(['The kernel did not answer.']);
  table.problem(0, '');
  expect(text('[role=alert]:not([hidden])')).toEqual([]);
});

test('a question is asked with Enter and taken back with Escape', () => {
  const { field, edits } = shown();
  const words = field(0);
  if (words === undefined) {
    throw new Error('no field');
  }
  const press = (key: string) => words.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));
  words.value = 'What does the sign say?';
  words.dispatchEvent(new Event('input'));
  press('Escape');
  expect(words.value).toBe('Describe it');
  words.value = 'What does the sign say?';
  press('Enter');
  press('Enter');
  expect(edits).toEqual([[0, 'What does the sign say?']]);
});

test('what is being typed outlives an update', () => {
  const { field, table } = shown();
  const words = field(0);
  if (words === undefined) {
    throw new Error('no field');
  }
  words.value = 'half a quest';
  table.update(aReport([anImage({ technique: 'preserve', chosen: 'preserve' }), anImage(SECOND)]));
  expect(words.value).toBe('half a quest');
});

test('a row that waits says so', () => {
  const { table, text } = shown();
  table.busy(new Set([1]));
  expect([...table.element.querySelectorAll('[aria-busy=true]')].length).toBe(1);
  expect(text('.headroom-row .headroom-inline .headroom-faint:not([hidden])').length).toBe(1);
  table.busy(new Set());
  expect([...table.element.querySelectorAll('[aria-busy=true]')].length).toBe(0);
});

test('the totals are said when they change', () => {
  const { table, text } = shown();
  table.update(aReport([anImage()]));
  expect(text('[role=status]')[0]).toBe('1,105 → 255 tokens');
  table.update({ ...aReport([anImage()]), summary: 'Image tokens: 1,105 → 255', lines: ['1 image: 1 sent smaller.'] });
  expect(text('[role=status]')[0]).toBe('Image tokens: 1,105 → 255');
  expect(text('.headroom-basis')).toContain('1 image: 1 sent smaller.');
});

test('the head of a report names documents beside images, and what is not known', () => {
  const { table, text } = shown();
  const report = aReport([anImage()]);
  table.update({ ...report, totals: { ...report.totals, documents: 2 } });
  expect(text('.headroom-figures')[0]).toContain('tokens, 1 image and 2 documents');
  expect(text('.headroom-figures')[0]).not.toContain('image tokens');
  table.update({ ...report, totals: { ...report.totals, original_tokens: 0, compressed_tokens: 0 } });
  expect(text('.headroom-figures')[0]).toContain('not known');
});

test('a budget shows what is sent against it, and what that took', () => {
  const { table, text } = shown();
  expect(table.element.querySelector('meter')).toBeNull();
  const said = 'Budget of 300 tokens: 255 tokens are sent, 2.1% of an answer at risk.';
  table.update(aReport([anImage()], { budget: { tokens: 300, spent: 255, said } }));
  const bar = table.element.querySelector('meter');
  expect([bar?.getAttribute('max'), bar?.getAttribute('value')]).toEqual(['300', '255']);
  expect(text('.headroom-basis')[0]).toBe(` ${said}`);
  table.update(aReport([anImage()], { budget: { tokens: null, spent: 255, said } }));
  expect(table.element.querySelector('meter')).toBeNull();
  expect(text('.headroom-basis')[0]).toBe(said);
});

test('one comparison is open at a time; Escape closes it and the focus goes back', () => {
  const { button, table } = shown();
  button(0)?.click();
  button(1)?.click();
  const panels = table.element.querySelectorAll('.headroom-detail');
  expect(panels.length).toBe(1);
  expect(button(0)?.getAttribute('aria-expanded')).toBe('false');
  expect(button(1)?.getAttribute('aria-controls')).toBe(panels[0]?.id);
  button(0)?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  expect(table.element.querySelectorAll('.headroom-detail').length).toBe(0);
  expect(document.activeElement).toBe(button(1));
});

test('every address is handed back: on closing, on a change, at the end', async () => {
  const { button, table, pictures, stop } = shown();
  await settle();
  expect(pictures.open.size).toBe(4);
  button(0)?.click();
  await settle();
  expect(pictures.open.size).toBe(6);
  button(0)?.click();
  expect(pictures.open.size).toBe(4);
  table.update(aReport([anImage({ technique: 'transcode', sizes: [], compressed_bytes: 0 }), anImage(SECOND)]));
  await settle();
  expect(pictures.open.size).toBe(3);
  table.update(aReport([anImage()]));
  await settle();
  expect(pictures.open.size).toBe(2);
  stop.abort();
  expect(pictures.open.size).toBe(0);
});

test('an open comparison follows what its image becomes', () => {
  const { button, table } = shown();
  button(0)?.click();
  table.update(aReport([anImage({ technique: 'transcode', sizes: [], text: 'read' }), anImage(SECOND)]));
  expect(table.element.querySelector('.headroom-detail pre')?.textContent).toBe('read');
});

test('rows that did not change are left as they are', () => {
  const { table, pictures } = shown();
  const before = pictures.asked.length;
  const [, second] = table.element.querySelectorAll('.headroom-entry');
  table.update(aReport([anImage({ question: 'Other' }), anImage(SECOND)]));
  expect(table.element.querySelectorAll('.headroom-entry')[1]).toBe(second);
  expect(pictures.asked.length).toBe(before);
});

test('images that are the pages of one file have rows once its document is unfolded, which an update keeps', () => {
  const pages = [anImage(), anImage(SECOND)];
  const document = {
    path: 'messages[0].content[0]',
    name: 'scan.tiff',
    original_tokens: 2210,
    compressed_tokens: 510,
    exact: true,
    note: '2 sent smaller',
    error: null,
    pages: [],
    images: [0, 1]
  };
  const { table } = shown({ ...aReport([...pages, anImage()]), documents: [document] });
  const rows = [...table.element.querySelectorAll<HTMLElement>('.headroom-row')].slice(1);
  const hidden = () => rows.map(row => row.closest<HTMLElement>('[hidden]') !== null);
  expect(hidden()).toEqual([true, true, false]);
  const fold = () => table.element.querySelector<HTMLDetailsElement>('.headroom-document');
  fold()?.setAttribute('open', '');
  fold()?.dispatchEvent(new Event('toggle'));
  expect(hidden()).toEqual([false, false, false]);
  table.update({ ...aReport([...pages, anImage()]), documents: [{ ...document, compressed_tokens: 400 }] });
  expect(fold()?.open).toBe(true);
  expect(hidden()).toEqual([false, false, false]);
});

test('no images is said plainly', () => {
  const { table, text } = shown(aReport([]));
  expect(text('.headroom-figures')).toEqual(['No images found']);
  expect(table.element.querySelector<HTMLElement>('[role=table]')?.hidden).toBe(true);
});

test('estimates, hidden images and warnings are named below', () => {
  const { text } = shown(aReport([anImage({ exact: false })], { hidden_images: 3, warnings: ['over 20 MB'] }));
  expect(text('.headroom-foot p').length).toBe(3);
  expect(text('.headroom-change')).toEqual(['1,105 → ≈255']);
});
