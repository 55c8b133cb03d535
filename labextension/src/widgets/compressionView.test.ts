import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settle } from '../testing/pictureDesk';
import { aReport, anImage } from '../testing/reports';
import { stubModel } from '../testing/stubModel';
import { compressionView } from './compressionView';

const FORMATS = [
  { name: 'json', about: 'the messages', file: 'messages.json', text: true },
  { name: 'zip', about: 'the pictures', file: 'images.zip', text: false }
];

beforeEach(() => {
  vi.stubGlobal('IntersectionObserver', undefined); // everything is in view
});

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function shown() {
  const stub = stubModel({
    report: aReport([anImage(), anImage({ path: 'messages[1].content[0]', technique: 'preserve' })]),
    formats: FORMATS
  });
  const stop = new AbortController();
  compressionView(stub.model, document.body, stop.signal);
  const find = (selector: string): HTMLElement => {
    const found = document.body.querySelector<HTMLElement>(selector);
    if (found === null) {
      throw new Error(`no ${selector}`);
    }
    return found;
  };
  const choose = (label: string, value: string) => {
    const box = find(`[aria-label="${label}"]`) as HTMLSelectElement;
    box.value = value;
    box.dispatchEvent(new Event('change'));
  };
  const press = (words: string) => {
    const button = [...document.body.querySelectorAll('button')].find(({ textContent }) => textContent === words);
    if (button === undefined) {
      throw new Error(`no button ${words}`);
    }
    button.click();
  };
  const questions = () => stub.sent.filter(({ ask }) => ask !== 'preview');
  return { ...stub, stop, find, choose, press, questions };
}

test('a choice goes to the kernel, and its report is drawn', async () => {
  const { choose, questions, answer, set, find } = shown();
  choose('Technique for messages[0].content[1]', 'preserve');
  expect(questions()).toMatchObject([{ ask: 'choose', images: [0], technique: 'preserve' }]);
  expect(document.querySelectorAll('[aria-busy=true][role=row]').length).toBe(1);
  set('report', aReport([anImage({ technique: 'preserve', chosen: 'preserve', compressed_tokens: 1105 })]));
  answer({ answer: {} });
  await settle();
  expect(document.querySelectorAll('[aria-busy=true][role=row]').length).toBe(0);
  expect(find('.headroom-figures').textContent).toContain('1,105');
});

test('an error of the kernel is shown in its row, in its words', async () => {
  const { choose, answer, find } = shown();
  choose('Technique for messages[0].content[1]', 'crop');
  answer({ error: 'this result was loaded without its compressor' });
  await settle();
  expect(find('[role=alert]:not([hidden])').textContent).toBe('this result was loaded without its compressor');
  expect(find('[aria-label="Technique for messages[0].content[1]"]')).toHaveProperty('value', '');
});

test('a kernel that does not answer is not waited for without end', async () => {
  vi.useFakeTimers();
  const { choose, find } = shown();
  choose('Technique for messages[0].content[1]', 'crop');
  await vi.advanceTimersByTimeAsync(181_000);
  expect(find('[role=alert]:not([hidden])').textContent).toContain('did not answer within 180 s');
});

const UNCHANGED = { label: 'unchanged', technique: 'preserve', tokens: 1105, bytes: 9, risk: 0, why_not: '', taken: false } as const;
const SMALL = { ...UNCHANGED, label: '512×384', technique: 'full_low', tokens: 255, risk: 0.01, taken: true } as const;

test('a point of the curve takes its form, and the focus goes on at it', async () => {
  const { set, find, questions, answer } = shown();
  set('report', aReport([anImage({ forms: [SMALL, UNCHANGED] })]));
  find('.headroom-previews-button').click();
  const point = find('[data-form="unchanged"]');
  point.focus();
  point.click();
  expect(questions().at(-1)).toMatchObject({ ask: 'form', image: 0, form: 'unchanged' });
  const forms = [{ ...SMALL, taken: false }, { ...UNCHANGED, taken: true }];
  set('report', aReport([anImage({ forms, compressed_tokens: 1105, technique: 'preserve' })]));
  answer({ answer: {} });
  await settle();
  expect(find('[data-form="unchanged"]').getAttribute('aria-pressed')).toBe('true');
  expect(document.activeElement).toBe(find('[data-form="unchanged"]'));
});

test('changes are undone and made again, by buttons and by keys', () => {
  const { set, press, find, questions } = shown();
  const enabled = () =>
    [...find('[aria-label="Changes"]').querySelectorAll('button')].map(({ disabled }) => !disabled);
  expect(enabled()).toEqual([false, false]);
  set('steps', [1, 1]);
  expect(enabled()).toEqual([true, true]);
  press('Undo');
  press('Redo');
  const key = (init: KeyboardEventInit, from: HTMLElement) =>
    from.dispatchEvent(new KeyboardEvent('keydown', { ...init, ctrlKey: true, bubbles: true }));
  key({ key: 'z' }, find('.headroom-previews-button'));
  key({ key: 'Z', shiftKey: true }, find('.headroom-previews-button'));
  key({ key: 'z' }, find('textarea')); // what is typed is the field's to undo
  expect(questions().map(({ ask }) => ask)).toEqual(['undo', 'redo', 'undo', 'redo']);
});

test('many images are set at once: all, or those of one technique', () => {
  const { choose, press, questions } = shown();
  press('Apply');
  choose('Which images', 'full_low');
  choose('Technique for them', '');
  press('Apply');
  choose('Which images', 'crop');
  press('Apply');
  expect(questions()).toMatchObject([
    { images: [0, 1], technique: 'preserve' },
    { images: [0], technique: null }
  ]);
  expect(document.body.textContent).toContain('No image is sent as crop.');
});

test('an export is downloaded under its name', async () => {
  const { press, answer, questions } = shown();
  const clicked: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    clicked.push(this.download);
  });
  const made = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:1');
  const revoked = vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
  press('Download');
  expect(questions()).toMatchObject([{ ask: 'export', to: 'json' }]);
  answer({ answer: { file: 'messages.json' } }, [new TextEncoder().encode('[]')]);
  await settle();
  expect(clicked).toEqual(['messages.json']);
  expect([made.mock.calls.length, revoked.mock.calls.length]).toEqual([1, 1]);
});

test('an export is copied as text; an archive is not', async () => {
  const copied: string[] = [];
  vi.stubGlobal('navigator', { clipboard: { writeText: (text: string) => Promise.resolve(void copied.push(text)) } });
  const { press, choose, answer, questions } = shown();
  press('Copy');
  answer({ answer: { file: 'messages.json' } }, [new TextEncoder().encode('[“é”]')]);
  await settle();
  expect(copied).toEqual(['[“é”]']);
  choose('Export format', 'zip');
  press('Copy');
  expect(questions().length).toBe(1);
  expect(document.body.textContent).toContain('zip is no text: download it.');
});

test('at the end nothing listens, nothing is left, every object URL is revoked', async () => {
  const made = vi.spyOn(URL, 'createObjectURL').mockImplementation(() => `blob:${made.mock.calls.length}`);
  const revoked = vi.spyOn(URL, 'revokeObjectURL').mockReturnValue();
  const { sent, answer, stop, listeners } = shown();
  for (let place = 0; place < sent.length; place++) {
    answer({ answer: { media_type: 'image/png' } }, [new Uint8Array(4)], place);
    await settle();
  }
  expect(made.mock.calls.length).toBeGreaterThan(1);
  stop.abort();
  await settle();
  expect(listeners()).toBe(0);
  expect(revoked.mock.calls.length).toBe(made.mock.calls.length);
  expect(document.body.children.length).toBe(0);
});

test('two views of one model do not disturb each other', () => {
  const { model, set } = shown();
  const other = document.createElement('div');
  document.body.append(other);
  const stop = new AbortController();
  compressionView(model, other, stop.signal);
  stop.abort();
  set('report', aReport([]));
  expect(other.children.length).toBe(0);
  expect(document.body.textContent).toContain('No images found');
});
