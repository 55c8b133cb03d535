/**
 * An image under the grid it is billed by, with pan, zoom and a crop box.
 *
 *     const view = tileGrid({ size, label, signal, onCrop });
 *     parent.append(view.element);
 *     view.setPicture(full, small); view.setGrid(grid(...)); view.setCrop(box);
 *
 * Pointer: drag the box or its handles; drag elsewhere to draw a box, or to pan while zoomed in. Ctrl or Cmd and the wheel
 * zoom; a plain wheel scrolls the page. Keys: arrows, + and -, 0; on the box and its sides arrows, with Shift for larger
 * steps, Delete to take the box away. Style: views/explorer.css.
 */

import type { Grid } from '../costs';
import { cropOverlay } from './cropOverlay';
import type { Box, Handle } from './cropBox';
import { moved, resized, selected, startingBox } from './cropBox';
import { atEnd, h } from './dom';
import { gridCanvas } from './gridCanvas';
import type { Drawable } from './gridCanvas';
import { gridLayer } from './gridLayer';
import { covered } from './gridPath';
import type { Size } from '../report/report';
import { stageInput } from './stageInput';
import { fitted, kept, visible, zoomed } from './viewport';
import type { Viewport } from './viewport';

export interface TileGridOptions {
  readonly size: Size;
  readonly label: string;
  readonly signal: AbortSignal;
  /** Told of every change a person makes; `done` when the pointer is up or a key was pressed. */
  readonly onCrop: (box: Box | null, done: boolean) => void;
}

export interface TileGrid {
  readonly element: HTMLElement;
  /** The image in full, and once more no larger than a screen needs, which is quicker to draw. */
  setPicture(full: Drawable, small: Drawable): void;
  /** What the model sees of the part selected, drawn in its place with square pixels; null for the image itself. */
  setModelView(picture: Drawable | null): void;
  /** Null where there is nothing to bill. */
  setGrid(grid: Grid | null): void;
  setCrop(box: Box | null): void;
  /** Add a box in the middle of what is seen, and focus it. */
  readonly addCrop: () => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
}

const ROOM = 12;
const HELP =
  'Plus and minus zoom, 0 shows the whole image, arrow keys pan. They move the crop box and its sides, further with ' +
  'Shift; Delete removes it.';

let made = 0;

export function tileGrid({ size, label, signal, onCrop }: TileGridOptions): TileGrid {
  const id = `headroom-tiles-${++made}`;
  const canvas = gridCanvas(size);
  const layer = gridLayer(`${id}-hatch`);
  const overlay = cropOverlay(signal, changeByKey, removeByKey);
  const stage = h(
    'div',
    {
      class: 'headroom-x-stage-tiles',
      role: 'group',
      'aria-roledescription': 'image under a grid',
      'aria-label': label,
      'aria-describedby': `${id}-help`,
      tabindex: 0,
      dir: 'ltr'
    },
    canvas.element,
    layer.element,
    overlay.element,
    h('span', { id: `${id}-help`, class: 'headroom-visually-hidden' }, HELP)
  );

  let room: Size = [1, 1];
  let fit: Viewport = fitted(size, room);
  let view = fit;
  let current: Grid | null = null;
  let box: Box | null = null;
  let frame = 0;
  let redraw = true;

  function draw(): void {
    frame = 0;
    if (redraw) {
      redraw = false;
      canvas.draw(view, room, box);
    }
    layer.draw(current, selected(box, size), view);
    overlay.draw(box, size, view);
  }

  function schedule(withCanvas: boolean): void {
    redraw ||= withCanvas;
    frame ||= requestAnimationFrame(draw);
  }

  function refit(): void {
    const [width, height] = current === null || box !== null ? size : whole(current);
    const before = view.scale <= fit.scale * 1.001;
    fit = fitted([Math.max(width, size[0]), Math.max(height, size[1])], room, ROOM);
    look(before ? fit : view);
  }

  /** The whole image with what whole units cover beyond it. */
  function whole(grid: Grid): Size {
    const [width, height] = covered(grid);
    return [(width * size[0]) / grid.view[0], (height * size[1]) / grid.view[1]];
  }

  function look(next: Viewport): void {
    view = next.scale <= fit.scale * 1.001 ? fit : kept(next, size, room);
    stage.toggleAttribute('data-zoomed', view !== fit);
    schedule(true);
  }

  function zoom(factor: number): void {
    look(zoomed(view, factor, [room[0] / 2, room[1] / 2], fit));
  }

  function change(next: Box | null, done: boolean): void {
    box = next;
    schedule(canvas.hasModelView());
    onCrop(next, done);
  }

  function changeByKey(handle: Handle | null, dx: number, dy: number, large: boolean): void {
    if (box === null) {
      return;
    }
    const step = Math.max(1, Math.round(Math.max(...size) / 400)) * (large ? 10 : 1);
    const [across, down] = [dx * step, dy * step];
    change(handle === null ? moved(box, across, down, size) : resized(box, handle, across, down, size), true);
  }

  function removeByKey(): void {
    change(null, true);
    stage.focus({ preventScroll: true });
  }

  const actions = { view: () => view, fit: () => fit, box: () => box, look, zoom, change };
  const dragging = stageInput(stage, overlay, size, actions, signal);

  const resize = new ResizeObserver(entries => {
    const rect = entries.at(-1)?.contentRect;
    if (rect !== undefined && rect.width > 0) {
      room = [rect.width, rect.height];
      refit();
    }
  });
  resize.observe(stage);
  atEnd(signal, () => {
    resize.disconnect();
    cancelAnimationFrame(frame);
  });

  return {
    element: stage,
    setPicture(full, small) {
      canvas.setPicture(full, small);
      schedule(true);
    },
    setModelView(picture) {
      canvas.setModelView(picture);
      schedule(true);
    },
    setGrid(grid) {
      current = grid;
      if (dragging()) {
        schedule(false);
      } else {
        refit();
      }
    },
    setCrop(next) {
      box = next;
      refit();
    },
    addCrop() {
      change(startingBox(visible(view, size, room), size), true);
      overlay.focus();
    },
    zoom,
    fit() {
      look(fit);
    }
  };
}
