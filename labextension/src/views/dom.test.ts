import { expect, test, vi } from 'vitest';

import { branch, button, h, on, set, toggle } from './dom';

test('text stays text, and what is not wanted is left out', () => {
  const made = h('p', { title: '<b>', hidden: false, lang: null, id: undefined, inert: true, tabindex: 0 }, '<i>', null);
  expect(made.getAttributeNames()).toEqual(['title', 'inert', 'tabindex']);
  expect([made.title, made.textContent, made.children.length]).toEqual(['<b>', '<i>', 0]);
  set(made, { title: 'x', inert: undefined });
  expect([made.title, made.hasAttribute('inert')]).toEqual(['x', true]);
});

test('a button that is on or off says so', () => {
  const told: boolean[] = [];
  const stop = new AbortController();
  const made = toggle('Grid', false, now => told.push(now), stop.signal);
  made.click();
  expect(made.getAttribute('aria-pressed')).toBe('true');
  made.click();
  stop.abort();
  made.click();
  expect(told).toEqual([true, false]);
  expect(made.getAttribute('aria-pressed')).toBe('false');
});

test('a button keeps its style beside a class of its own', () => {
  const made = button('Go', vi.fn(), new AbortController().signal, { class: 'x', title: 'now' });
  expect([made.type, made.className, made.title]).toEqual(['button', 'headroom-button x', 'now']);
});

test('a listener ends with its signal', () => {
  const hear = vi.fn();
  const stop = new AbortController();
  const made = h('p');
  on(made, 'click', hear, stop.signal);
  made.click();
  stop.abort();
  made.click();
  expect(hear).toHaveBeenCalledTimes(1);
});

test('a branch ends with what it hangs on, or alone', () => {
  const root = new AbortController();
  const [one, other] = [branch(root.signal), branch(root.signal)];
  one.abort();
  expect([root.signal.aborted, one.signal.aborted, other.signal.aborted]).toEqual([false, true, false]);
  root.abort();
  expect(other.signal.aborted).toBe(true);
});
