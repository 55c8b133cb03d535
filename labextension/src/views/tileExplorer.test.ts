import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Model } from '../costs';
import { defaultModels, findModel, models } from '../costs';
import type { Choices } from './explorerState';
import type { ExplorerHost } from './tileExplorer';
import { tileExplorer } from './tileExplorer';

const GPT: Model = findModel('gpt-4o') ?? raise();
const FIRST: Choices = { model: GPT, detail: 'high', cropBox: null, longSide: null, question: '' };

let controller: AbortController;

function raise(): never {
  throw new Error('no such model');
}

function host(part: Partial<ExplorerHost> = {}): ExplorerHost {
  return {
    label: '<b>page</b>.png',
    size: [1240, 1640],
    picture: () => Promise.reject(new Error('The kernel is gone.')),
    catalog: () => Promise.resolve({ models: models(), compared: defaultModels() }),
    changed: () => undefined,
    ...part
  };
}

beforeEach(() => {
  controller = new AbortController();
});

afterEach(() => {
  controller.abort();
  document.body.replaceChildren();
});

function shown(part: Partial<ExplorerHost> = {}): { element: HTMLElement; show: (choices: Choices) => void } {
  const view = tileExplorer(host(part), FIRST, controller.signal);
  document.body.append(view.element);
  return view;
}

function text(element: HTMLElement, selector: string): string {
  return element.querySelector(selector)?.textContent ?? '';
}

test('figures are there before the picture is', () => {
  const { element } = shown();
  expect(text(element, '.headroom-x-count')).toBe('765');
  expect(text(element, '.headroom-x-panel-figures [role=status]')).toContain('765 tokens on gpt-4o');
});

test('a picture that does not come is said in one sentence, and the figures stay', async () => {
  const { element } = shown();
  await vi.waitFor(() => {
    expect(text(element, '.headroom-problem')).toBe('The kernel is gone.');
  });
  expect(element.hasAttribute('aria-busy')).toBe(false);
  expect(text(element, '.headroom-x-count')).toBe('765');
});

test('a hostile name is text', () => {
  const { element } = shown();
  expect(element.querySelector('b')).toBeNull();
  expect(element.getAttribute('aria-label')).toBe('What <b>page</b>.png costs');
});

test('what the host shows does not come back as a change', () => {
  const changed = vi.fn();
  const { element, show } = shown({ changed });
  show({ ...FIRST, cropBox: [0, 0, 512, 512] });
  expect(text(element, '.headroom-x-count')).toBe('255');
  expect(changed).not.toHaveBeenCalled();
});

test('a level is chosen, priced and told', () => {
  const changed = vi.fn();
  const { element } = shown({ changed });
  const level = element.querySelector<HTMLSelectElement>('select[aria-label="Detail level"]') ?? raise();
  level.value = 'low';
  level.dispatchEvent(new Event('change'));
  expect(text(element, '.headroom-x-count')).toBe('85');
  expect(changed).toHaveBeenCalledWith(expect.objectContaining({ detail: 'low' }), true);
});

test('a model without the level asked for gets its default', async () => {
  const changed = vi.fn();
  const { element } = shown({ changed });
  const model = element.querySelector<HTMLSelectElement>('select[aria-label="Model"]') ?? raise();
  await vi.waitFor(() => {
    expect(model.options.length).toBeGreaterThan(50);
  });
  model.value = 'claude-sonnet-4-6';
  model.dispatchEvent(new Event('change'));
  expect(changed).toHaveBeenCalledWith(expect.objectContaining({ detail: 'auto' }), true);
});

test('nothing is heard after the end', () => {
  const changed = vi.fn();
  const { element } = shown({ changed });
  controller.abort();
  element.querySelector<HTMLButtonElement>('.headroom-x-ladder button')?.click();
  element.querySelector('select')?.dispatchEvent(new Event('change'));
  expect(changed).not.toHaveBeenCalled();
});

test('without somebody who looks there is no field for a question', () => {
  const { element } = shown();
  expect(element.querySelector<HTMLElement>('.headroom-x-region')?.hidden).toBe(true);
});
