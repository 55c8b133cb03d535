/** Undo and redo: two buttons, and the usual keys while nothing is typed into. */

import type { AnyModel } from '@anywidget/types';
import { atEnd, button, h, on } from '../views/dom';

/** Return the buttons; `step` is told which way to go. */
export function historyButtons(
  model: AnyModel,
  root: HTMLElement,
  step: (name: 'undo' | 'redo') => void,
  signal: AbortSignal
): HTMLElement {
  const undo = button('Undo', () => { step('undo'); }, signal, { title: 'Take the last change back' });
  const redo = button('Redo', () => { step('redo'); }, signal, { title: 'Make it again' });
  const show = (): void => {
    const [back, forth] = (model.get('steps') as readonly [number, number] | undefined) ?? [0, 0];
    undo.disabled = back === 0;
    redo.disabled = forth === 0;
  };
  show();
  model.on('change:steps', show);
  atEnd(signal, () => {
    model.off('change:steps', show);
  });
  const key = (event: KeyboardEvent): void => {
    const typed = event.target instanceof Element && event.target.matches('textarea, input, select');
    const name = event.key.toLowerCase();
    const wanted = name === 'y' || (name === 'z' && event.shiftKey) ? redo : name === 'z' ? undo : null;
    if (!typed && wanted !== null && (event.ctrlKey || event.metaKey) && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      wanted.click();
    }
  };
  on(root, 'keydown', key, signal);
  return h('div', { class: 'headroom-tools', role: 'group', 'aria-label': 'Changes' }, undo, redo);
}
