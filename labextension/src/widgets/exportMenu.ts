/** Take the result away: every export format, as a download or to the clipboard. The kernel writes the bytes. */

import type { AnyModel } from '@anywidget/types';
import { button, h, on, set } from '../views/dom';
import { sentence } from '../views/pictures';
import { ask } from './kernel';

export interface ExportFormat {
  readonly name: string;
  readonly about: string;
  readonly file: string;
  /** Whether it can be copied. */
  readonly text: boolean;
}

const PATIENCE = 60_000;

/** Return the menu. */
export function exportMenu(model: AnyModel, formats: readonly ExportFormat[], signal: AbortSignal): HTMLElement {
  const box = h(
    'select',
    { class: 'headroom-select', 'aria-label': 'Export format' },
    ...formats.map(({ name, about }) => h('option', { value: name }, `${name} – ${about}`))
  );
  const said = h('span', { role: 'status' });

  const take = async (
    done: (bytes: Uint8Array<ArrayBuffer>, file: string) => Promise<string> | string
  ): Promise<void> => {
    said.textContent = 'Writing …';
    said.classList.remove('headroom-problem');
    try {
      const { data, blobs } = await ask<{ readonly file: string }>(
        model,
        'export',
        { to: box.value },
        { signal, patience: PATIENCE }
      );
      said.textContent = await done(blobs[0] ?? new Uint8Array(), data.file);
    } catch (error) {
      said.textContent = sentence(error);
      said.classList.add('headroom-problem');
    }
  };
  const fits = (): void => {
    const text = formats.find(({ name }) => name === box.value)?.text === true;
    set(copy, { 'aria-disabled': String(!text) });
    said.textContent = '';
  };
  const download = button('Download', () => void take(save), signal);
  const pressCopy = (): void => {
    if (copy.getAttribute('aria-disabled') === 'true') {
      said.textContent = `${box.value} is no text: download it.`;
    } else {
      void take(toClipboard);
    }
  };
  const copy = button('Copy', pressCopy, signal);
  on(box, 'change', fits, signal);
  fits();
  return h('div', { class: 'headroom-tools' }, h('span', {}, 'Export'), box, download, copy, said);
}

function save(bytes: Uint8Array<ArrayBuffer>, file: string): string {
  const address = URL.createObjectURL(new Blob([bytes]));
  h('a', { href: address, download: file }).click();
  URL.revokeObjectURL(address);
  return `Downloaded ${file}.`;
}

async function toClipboard(bytes: Uint8Array<ArrayBuffer>, file: string): Promise<string> {
  const text = new TextDecoder().decode(bytes);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    throw new Error(`This page may not write to the clipboard; download ${file} instead.`);
  }
  return `Copied ${text.length.toLocaleString('en-US')} characters.`;
}
