/**
 * A picture under the grid it is billed by, with pan, zoom and a crop box.
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
import { drawn, moved, resized, selected, sizeOf, startingBox } from './cropBox';
import { h, svg } from './dom';
import { covered, gridLines, strength } from './gridPath';
import type { Size } from './report';
import { fitted, kept, toPicture, visible, zoomed } from './viewport';
import type { Viewport } from './viewport';

/** What a canvas can draw: a bitmap, another canvas. */
export type Drawable = ImageBitmap | HTMLCanvasElement | OffscreenCanvas;

export interface TileGridOptions {
  readonly size: Size;
  readonly label: string;
  readonly signal: AbortSignal;
  /** Told of every change a person makes; `done` when the pointer is up or a key was pressed. */
  readonly onCrop: (box: Box | null, done: boolean) => void;
}

export interface TileGrid {
  readonly element: HTMLElement;
  /** The picture in full, and once more no larger than a screen needs, which is quicker to draw. */
  setPicture(full: Drawable, small: Drawable): void;
  /** What the model sees of the part selected, drawn in its place with square pixels; null for the picture itself. */
  setModelView(picture: Drawable | null): void;
  /** Null where there is nothing to bill. */
  setGrid(grid: Grid | null): void;
  setCrop(box: Box | null): void;
  /** Add a box in the middle of what is seen, and focus it. */
  addCrop(): void;
  zoom(factor: number): void;
  fit(): void;
}

/** What a pointer that is down does. */
type Drag = { readonly from: Size } & (
  | { readonly kind: 'handle'; readonly handle: Handle; readonly box: Box }
  | { readonly kind: 'draw'; readonly before: Box | null }
  | { readonly kind: 'pan'; readonly view: Viewport }
);

const ROOM = 12;
const WHEEL = 0.002;
const KEY_ZOOM = 1.25;
const KEY_PAN = 48;
const HELP =
  'Plus and minus zoom, 0 shows the whole picture, arrow keys pan. On the crop box and its sides arrow keys move it, ' +
  'Shift makes larger steps, Delete shows the whole picture again.';

let made = 0;

export function tileGrid({ size, label, signal, onCrop }: TileGridOptions): TileGrid {
  const id = `headroom-tiles-${++made}`;
  const canvas = h('canvas', { class: 'headroom-x-canvas', 'aria-hidden': 'true' });
  const hatch = svg(
    'pattern',
    { id: `${id}-hatch`, width: 8, height: 8, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    svg('line', { x1: 0, y1: 0, x2: 0, y2: 8, class: 'headroom-x-hatch' })
  );
  const beyond = svg('path', { class: 'headroom-x-beyond', fill: `url(#${id}-hatch)`, 'fill-rule': 'evenodd' });
  const halo = svg('path', { class: 'headroom-x-grid-halo' });
  const lines = svg('path', { class: 'headroom-x-grid-lines' });
  const inPicture = svg('g', {}, beyond, halo, lines);
  const gridLayer = svg('svg', { class: 'headroom-x-layer', 'aria-hidden': 'true' }, svg('defs', {}, hatch), inPicture);
  const overlay = cropOverlay(signal, changeByKey, removeByKey);
  const stage = h(
    'div',
    {
      class: 'headroom-x-stage-tiles',
      role: 'group',
      'aria-roledescription': 'picture under a grid',
      'aria-label': label,
      'aria-describedby': `${id}-help`,
      tabindex: 0,
      dir: 'ltr'
    },
    canvas,
    gridLayer,
    overlay.element,
    h('span', { id: `${id}-help`, class: 'headroom-visually-hidden' }, HELP)
  );

  let room: Size = [1, 1];
  let fit: Viewport = fitted(size, room);
  let view = fit;
  let pictures: { readonly full: Drawable; readonly small: Drawable } | null = null;
  let modelView: Drawable | null = null;
  let current: Grid | null = null;
  let box: Box | null = null;
  let drag: Drag | null = null;
  let pointer: Size = [0, 0];
  let frame = 0;
  let redraw = true;

  function draw(): void {
    frame = 0;
    if (redraw) {
      redraw = false;
      drawCanvas();
    }
    drawGrid();
    overlay.draw(box, size, view);
  }

  function schedule(withCanvas: boolean): void {
    redraw ||= withCanvas;
    frame ||= requestAnimationFrame(draw);
  }

  function drawCanvas(): void {
    const context = canvas.getContext('2d');
    if (context === null) {
      return;
    }
    const dense = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(room[0] * dense), Math.round(room[1] * dense)];
    if (canvas.width !== width || canvas.height !== height) {
      [canvas.width, canvas.height] = [width, height];
    }
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.clearRect(0, 0, room[0], room[1]);
    if (pictures !== null) {
      const { full, small } = pictures;
      drawPart(context, view.scale * dense * size[0] > small.width ? full : small, [0, 0, size[0], size[1]], true);
    }
    if (modelView !== null) {
      drawPart(context, modelView, selected(box, size), false);
    }
  }

  /** Draw what is seen of a picture that fills a region. */
  function drawPart(context: CanvasRenderingContext2D, picture: Drawable, region: Box, smooth: boolean): void {
    const seen = visible(view, size, room);
    const [left, top, right, bottom] = [
      Math.max(seen[0], region[0]),
      Math.max(seen[1], region[1]),
      Math.min(seen[2], region[2]),
      Math.min(seen[3], region[3])
    ];
    if (right <= left || bottom <= top) {
      return;
    }
    const [across, down] = sizeOf(region);
    const sx = picture.width / across;
    const sy = picture.height / down;
    context.imageSmoothingEnabled = smooth;
    context.drawImage(
      picture,
      (left - region[0]) * sx,
      (top - region[1]) * sy,
      (right - left) * sx,
      (bottom - top) * sy,
      view.x + left * view.scale,
      view.y + top * view.scale,
      (right - left) * view.scale,
      (bottom - top) * view.scale
    );
  }

  function drawGrid(): void {
    inPicture.setAttribute('transform', `translate(${view.x} ${view.y}) scale(${view.scale})`);
    hatch.setAttribute('patternTransform', `scale(${1 / view.scale}) rotate(45)`);
    if (current === null) {
      for (const path of [beyond, halo, lines]) {
        path.setAttribute('d', '');
      }
      return;
    }
    const paths = gridLines(current, selected(box, size), view.scale);
    beyond.setAttribute('d', paths.beyond);
    halo.setAttribute('d', paths.lines);
    lines.setAttribute('d', paths.lines);
    stage.style.setProperty('--headroom-x-strength', strength(paths.distance).toFixed(2));
  }

  function refit(): void {
    const [width, height] = current === null || box !== null ? size : whole(current);
    const before = view.scale <= fit.scale * 1.001;
    fit = fitted([Math.max(width, size[0]), Math.max(height, size[1])], room, ROOM);
    view = before ? fit : kept(view, size, room);
    schedule(true);
  }

  /** The whole picture with what whole units cover beyond it. */
  function whole(grid: Grid): Size {
    const [width, height] = covered(grid);
    return [(width * size[0]) / grid.view[0], (height * size[1]) / grid.view[1]];
  }

  function look(next: Viewport): void {
    view = next.scale <= fit.scale * 1.001 ? fit : kept(next, size, room);
    stage.toggleAttribute('data-zoomed', view !== fit);
    schedule(true);
  }

  function change(next: Box | null, done: boolean): void {
    box = next;
    schedule(modelView !== null);
    onCrop(next, done);
  }

  function changeByKey(handle: Handle | null, dx: number, dy: number, large: boolean): void {
    if (box === null) {
      return;
    }
    const step = Math.max(1, Math.round(Math.max(...size) / 400)) * (large ? 10 : 1);
    change(
      handle === null ? moved(box, dx * step, dy * step, size) : resized(box, handle, dx * step, dy * step, size),
      true
    );
  }

  function removeByKey(): void {
    change(null, true);
    stage.focus({ preventScroll: true });
  }

  function at(event: MouseEvent): Size {
    const bounds = stage.getBoundingClientRect();
    return [event.clientX - bounds.left - stage.clientLeft, event.clientY - bounds.top - stage.clientTop];
  }

  /** Follow the pointer once a frame. */
  function follow(): void {
    follows = 0;
    if (drag === null) {
      return;
    }
    const dx = (pointer[0] - drag.from[0]) / view.scale;
    const dy = (pointer[1] - drag.from[1]) / view.scale;
    switch (drag.kind) {
      case 'handle': {
        const still = drag.handle.x === null && drag.handle.y === null;
        change(still ? moved(drag.box, dx, dy, size) : resized(drag.box, drag.handle, dx, dy, size), false);
        break;
      }
      case 'draw': {
        const next = drawn(toPicture(view, drag.from), toPicture(view, pointer), size);
        if (next !== null) {
          change(next, false);
        }
        break;
      }
      case 'pan':
        look({ ...drag.view, x: drag.view.x + pointer[0] - drag.from[0], y: drag.view.y + pointer[1] - drag.from[1] });
        break;
    }
  }
  let follows = 0;

  stage.addEventListener(
    'pointerdown',
    event => {
      if (event.button > 1) {
        return;
      }
      const from = at(event);
      const handle = event.button === 0 ? overlay.handleAt(event.target) : undefined;
      if (handle !== undefined && box !== null) {
        drag = { kind: 'handle', handle, box, from };
      } else if (event.button === 1 || (view !== fit && !event.shiftKey)) {
        drag = { kind: 'pan', view, from };
      } else {
        drag = { kind: 'draw', before: box, from };
      }
      event.preventDefault();
      pointer = from;
      stage.setPointerCapture(event.pointerId);
      (overlay.focusable(event.target) ?? stage).focus({ preventScroll: true });
      stage.dataset.drag = drag.kind;
    },
    { signal }
  );
  stage.addEventListener(
    'pointermove',
    event => {
      if (drag !== null) {
        pointer = at(event);
        follows ||= requestAnimationFrame(follow);
      }
    },
    { signal }
  );
  const release = (event: PointerEvent): void => {
    if (drag === null) {
      return;
    }
    pointer = at(event);
    cancelAnimationFrame(follows);
    follow();
    const { kind } = drag;
    drag = null;
    delete stage.dataset.drag;
    if (kind !== 'pan') {
      onCrop(box, true);
    }
  };
  stage.addEventListener('pointerup', release, { signal });
  stage.addEventListener('pointercancel', release, { signal });
  stage.addEventListener(
    'wheel',
    event => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        look(zoomed(view, Math.exp(-event.deltaY * WHEEL), at(event), fit));
      }
    },
    { signal, passive: false }
  );
  stage.addEventListener(
    'keydown',
    event => {
      if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      const act = KEYS[event.key];
      if (act !== undefined) {
        event.preventDefault();
        act();
      }
    },
    { signal }
  );
  const pan = (dx: number, dy: number) => (): void => {
    look({ ...view, x: view.x + dx * KEY_PAN, y: view.y + dy * KEY_PAN });
  };
  const zoom = (factor: number): void => {
    look(zoomed(view, factor, [room[0] / 2, room[1] / 2], fit));
  };
  const KEYS: Readonly<Record<string, () => void>> = {
    '+': () => {
      zoom(KEY_ZOOM);
    },
    '=': () => {
      zoom(KEY_ZOOM);
    },
    '-': () => {
      zoom(1 / KEY_ZOOM);
    },
    '0': () => {
      look(fit);
    },
    ArrowLeft: pan(1, 0),
    ArrowRight: pan(-1, 0),
    ArrowUp: pan(0, 1),
    ArrowDown: pan(0, -1)
  };

  const resize = new ResizeObserver(entries => {
    const rect = entries.at(-1)?.contentRect;
    if (rect !== undefined && rect.width > 0) {
      room = [rect.width, rect.height];
      refit();
    }
  });
  resize.observe(stage);
  signal.addEventListener('abort', () => {
    resize.disconnect();
    cancelAnimationFrame(frame);
    cancelAnimationFrame(follows);
  });

  return {
    element: stage,
    setPicture(full, small) {
      pictures = { full, small };
      schedule(true);
    },
    setModelView(picture) {
      modelView = picture;
      schedule(true);
    },
    setGrid(grid) {
      current = grid;
      if (drag === null) {
        refit();
      } else {
        schedule(false);
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
