/** Makes the box of an explorer the crop of an image in a result, and takes that back. */

import { button, h } from './dom';
import { sentence } from './pictures';

/** Each resolves to what to say. */
export interface BoxUse {
  readonly use: () => Promise<string>;
  readonly undo: () => Promise<string>;
}

export interface UseBox {
  readonly element: HTMLElement;
  /** Whether there is a box to use. */
  show(hasBox: boolean): void;
}

export function useBox(host: BoxUse | undefined, signal: AbortSignal): UseBox {
  const said = h('p', { class: 'headroom-faint', role: 'status' });
  let uses = 0;
  let has = false;
  let waiting = false;
  const draw = (): void => {
    take.disabled = waiting || !has;
    back.disabled = waiting;
    back.hidden = uses === 0;
  };
  const run = async (act: () => Promise<string>, by: number): Promise<void> => {
    waiting = true;
    draw();
    try {
      said.textContent = await act();
      uses += by;
    } catch (error) {
      said.textContent = sentence(error);
    } finally {
      waiting = false;
      draw();
    }
  };
  const take = button('Use this box', () => { void (host && run(host.use, 1)); }, signal, { class: 'headroom-primary' });
  const back = button('Undo', () => { void (host && run(host.undo, -1)); }, signal);
  draw();
  return {
    element: h('div', { class: 'headroom-x-region headroom-inline', hidden: host === undefined }, take, back, said),
    show(hasBox) {
      has = hasBox;
      draw();
    }
  };
}
