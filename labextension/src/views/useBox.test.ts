import { expect, test } from 'vitest';
import { settle } from '../testing/pictureDesk';
import { useBox } from './useBox';

function shown(use: () => Promise<string>) {
  const view = useBox({ use, undo: () => Promise.resolve('Undone.') }, new AbortController().signal);
  const [take, back] = [...view.element.querySelectorAll('button')];
  if (take === undefined || back === undefined) {
    throw new Error('two buttons are wanted');
  }
  return { view, take, back, said: () => view.element.querySelector('[role=status]')?.textContent };
}

test('a box is used, said so, and taken back', async () => {
  const { view, take, back, said } = shown(() => Promise.resolve('Cut out.'));
  expect([take.disabled, back.hidden]).toEqual([true, true]);
  view.show(true);
  take.click();
  expect(take.disabled).toBe(true);
  await settle();
  expect([said(), take.disabled, back.hidden]).toEqual(['Cut out.', false, false]);
  back.click();
  await settle();
  expect([said(), back.hidden]).toEqual(['Undone.', true]);
});

test('what the kernel cannot do is said in its words, and leaves nothing to undo', async () => {
  const { view, take, back, said } = shown(() => Promise.reject(new Error('The kernel is gone.')));
  view.show(true);
  take.click();
  await settle();
  expect([said(), back.hidden]).toEqual(['The kernel is gone.', true]);
});

test('where no result is shown there is no button to see', () => {
  expect(useBox(undefined, new AbortController().signal).element.hidden).toBe(true);
});
