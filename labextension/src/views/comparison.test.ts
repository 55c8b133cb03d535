import { afterEach, expect, test } from 'vitest';
import { anImage } from '../testing/reports';
import { pictureDesk, settle } from '../testing/pictureDesk';
import { changeOf, comparison } from './comparison';

afterEach(() => {
  document.body.replaceChildren();
});

function shown(changes = {}, pictures = pictureDesk()) {
  const stop = new AbortController();
  const element = comparison(anImage(changes), 0, pictures, stop.signal);
  document.body.append(element);
  const slider = element.querySelector<HTMLElement>('[role=slider]');
  const press = (key: string) =>
    slider?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  return { element, slider, press, pictures, stop };
}

test('what was done is read off what was sent', () => {
  expect(changeOf(anImage())).toBe('resized');
  expect(changeOf(anImage({ technique: 'preserve' }))).toBe('resized');
  expect(changeOf(anImage({ technique: 'preserve', sizes: [[1600, 1200]], compressed_bytes: 90_000 }))).toBe('none');
  expect(changeOf(anImage({ technique: 'crop', crop_box: [0, 0, 10, 10] }))).toBe('crop');
  expect(changeOf(anImage({ technique: 'transcode', sizes: [] }))).toBe('text');
  expect(changeOf(anImage({ technique: 'preserve', sizes: [], original_size: null, compressed_bytes: 90_000 }))).toBe(
    'none'
  );
});

test('a level of detail and a line of text are changes, too', () => {
  const same = { sizes: [[1600, 1200]], compressed_bytes: 90_000 } as const;
  expect(changeOf(anImage({ ...same, sent_detail: 'low' }))).toBe('resized');
  expect(changeOf(anImage({ technique: 'preserve', sizes: [], compressed_bytes: 0 }))).toBe('text');
});

test('where it is known, both sides are shown as the model sees them, or as files', async () => {
  const desk = pictureDesk();
  const seen = (index: number, which: string) =>
    desk.load(index, `seen ${which}` as 'original', new AbortController().signal);
  const { element, stop } = shown({}, { ...desk, seen });
  await settle();
  expect(desk.asked).toEqual(['seen original 0', 'seen compressed 0']);
  [...element.querySelectorAll('button')].find(({ textContent }) => textContent === 'What the model sees')?.click();
  await settle();
  expect(desk.asked.slice(2)).toEqual(['original 0', 'compressed 0']);
  expect(desk.open.size).toBe(2);
  stop.abort();
  expect(desk.open.size).toBe(0);
});

test('the divider moves by keys and stays between the edges', () => {
  const { slider, press } = shown();
  expect(slider?.getAttribute('aria-valuenow')).toBe('50');
  press('ArrowLeft');
  expect(slider?.getAttribute('aria-valuenow')).toBe('48');
  press('PageUp');
  expect(slider?.getAttribute('aria-valuetext')).toBe('58 % before, 42 % after');
  press('End');
  press('ArrowRight');
  expect(slider?.getAttribute('aria-valuenow')).toBe('100');
  press('Home');
  expect(slider?.getAttribute('aria-valuenow')).toBe('0');
});

test('other keys are left to the page', () => {
  const { slider } = shown();
  const event = new KeyboardEvent('keydown', { key: 'Tab', cancelable: true });
  slider?.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(false);
});

test('nothing listens, and no address is kept, once the signal aborts', async () => {
  const { slider, press, pictures, stop } = shown();
  await settle();
  expect(pictures.open.size).toBe(2);
  stop.abort();
  expect(pictures.open.size).toBe(0);
  press('Home');
  expect(slider?.getAttribute('aria-valuenow')).toBe('50');
});

test('an address that comes too late is handed back', async () => {
  const { pictures, stop } = shown();
  stop.abort();
  await settle();
  expect(pictures.open.size).toBe(0);
});

test('a crop stands beside the original, with its place marked', () => {
  const { element, slider } = shown({ technique: 'crop', sizes: [[400, 300]], crop_box: [100, 50, 500, 350] });
  expect(slider).toBeNull();
  expect(element.querySelector('svg')?.getAttribute('aria-label')).toBe(
    'The part sent: from 100, 50 to 500, 350 of 1600×1200 px'
  );
  expect(element.querySelector('.headroom-cut')?.getAttribute('width')).toBe('400');
});

test('a transcript is shown as text, from its start to all of it', async () => {
  const hostile = '<img src=x onerror=alert(1)>';
  const { element } = shown({ technique: 'transcode', sizes: [], text: hostile });
  const text = element.querySelector('pre');
  expect(text?.textContent).toBe(hostile);
  expect(text?.children.length).toBe(0);
  await settle();
  expect(text?.textContent).toBe('all the text of 0');
});

test('a picture that cannot be had is said in its place', async () => {
  const { element } = shown({}, pictureDesk('The kernel is gone.'));
  await settle();
  const [first] = element.querySelectorAll('[role=alert]');
  expect(first?.textContent).toBe('The kernel is gone.');
});

test('what nobody knows of a picture is not said to be nothing', () => {
  const elsewhere = { technique: 'preserve', sizes: [], original_size: null, compressed_bytes: 90_000 } as const;
  const { element } = shown({ ...elsewhere, original_tokens: 0, compressed_tokens: 0 });
  expect(element.querySelector('figcaption')?.textContent.trim()).toBe('Sent as it is');
});
