/** Pointer, wheel and keys on a stage: what they do to its view and its crop box. */

import type { CropOverlay } from './cropOverlay';
import type { Box, Handle } from './cropBox';
import { drawn, moved, resized } from './cropBox';
import { atEnd, on } from './dom';
import type { Size } from '../report/report';
import { toPicture, zoomed } from './viewport';
import type { Viewport } from './viewport';

/** What of a stage the pointer and the keys act on. */
export interface StageActions {
  readonly view: () => Viewport;
  /** The view of the whole image. */
  readonly fit: () => Viewport;
  readonly box: () => Box | null;
  readonly look: (view: Viewport) => void;
  /** Zoom about the middle. */
  readonly zoom: (factor: number) => void;
  /** `done` when a movement has ended. */
  readonly change: (box: Box | null, done: boolean) => void;
}

/** What a pointer that is down does. */
type Drag = { readonly from: Size } & (
  | { readonly kind: 'handle'; readonly handle: Handle; readonly box: Box }
  | { readonly kind: 'draw' }
  | { readonly kind: 'pan'; readonly view: Viewport }
);

const WHEEL = 0.002;
const KEY_ZOOM = 1.25;
const KEY_PAN = 48;
const PANS: Readonly<Record<string, Size>> = {
  ArrowLeft: [KEY_PAN, 0],
  ArrowRight: [-KEY_PAN, 0],
  ArrowUp: [0, KEY_PAN],
  ArrowDown: [0, -KEY_PAN]
};
const ZOOMS: Readonly<Record<string, number>> = { '+': KEY_ZOOM, '=': KEY_ZOOM, '-': 1 / KEY_ZOOM };

/** Listen on a stage; the function says whether a pointer is down. */
export function stageInput(
  stage: HTMLElement,
  overlay: CropOverlay,
  size: Size,
  actions: StageActions,
  signal: AbortSignal
): () => boolean {
  let drag: Drag | null = null;
  let pointer: Size = [0, 0];
  let frame = 0;

  const at = (event: MouseEvent): Size => {
    const bounds = stage.getBoundingClientRect();
    return [event.clientX - bounds.left - stage.clientLeft, event.clientY - bounds.top - stage.clientTop];
  };

  /** Follow the pointer once a frame. */
  const follow = (): void => {
    frame = 0;
    if (drag === null) {
      return;
    }
    const view = actions.view();
    const [dx, dy] = [pointer[0] - drag.from[0], pointer[1] - drag.from[1]];
    if (drag.kind === 'handle') {
      const { box, handle } = drag;
      const whole = handle.x === null && handle.y === null;
      const [across, down] = [dx / view.scale, dy / view.scale];
      actions.change(whole ? moved(box, across, down, size) : resized(box, handle, across, down, size), false);
    } else if (drag.kind === 'draw') {
      const next = drawn(toPicture(view, drag.from), toPicture(view, pointer), size);
      if (next !== null) {
        actions.change(next, false);
      }
    } else {
      actions.look({ ...drag.view, x: drag.view.x + dx, y: drag.view.y + dy });
    }
  };

  const press = (event: PointerEvent): void => {
    if (event.button > 1 || drag !== null) {
      return;
    }
    const from = at(event);
    const view = actions.view();
    const box = actions.box();
    const handle = event.button === 0 ? overlay.handleAt(event.target) : undefined;
    if (handle !== undefined && box !== null) {
      drag = { kind: 'handle', handle, box, from };
    } else if (event.button === 1 || (view !== actions.fit() && !event.shiftKey)) {
      drag = { kind: 'pan', view, from };
    } else {
      drag = { kind: 'draw', from };
    }
    event.preventDefault();
    pointer = from;
    stage.setPointerCapture(event.pointerId);
    (overlay.focusable(event.target) ?? stage).focus({ preventScroll: true });
    stage.dataset.drag = drag.kind;
  };
  const release = (event: PointerEvent): void => {
    if (drag === null) {
      return;
    }
    pointer = at(event);
    cancelAnimationFrame(frame);
    follow();
    const { kind } = drag;
    drag = null;
    delete stage.dataset.drag;
    if (kind !== 'pan') {
      actions.change(actions.box(), true);
    }
  };
  on(stage, 'pointerdown', press, signal);
  on(
    stage,
    'pointermove',
    event => {
      if (drag !== null) {
        pointer = at(event);
        frame ||= requestAnimationFrame(follow);
      }
    },
    signal
  );
  on(stage, 'pointerup', release, signal);
  on(stage, 'pointercancel', release, signal);
  on(
    stage,
    'wheel',
    event => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        actions.look(zoomed(actions.view(), Math.exp(-event.deltaY * WHEEL), at(event), actions.fit()));
      }
    },
    signal,
    { passive: false }
  );
  on(
    stage,
    'keydown',
    event => {
      if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      const pan = PANS[event.key];
      const factor = ZOOMS[event.key];
      const view = actions.view();
      if (pan !== undefined) {
        actions.look({ ...view, x: view.x + pan[0], y: view.y + pan[1] });
      } else if (factor !== undefined) {
        actions.zoom(factor);
      } else if (event.key === '0') {
        actions.look(actions.fit());
      } else {
        return;
      }
      event.preventDefault();
    },
    signal
  );
  atEnd(signal, () => {
    cancelAnimationFrame(frame);
  });
  return () => drag !== null;
}
