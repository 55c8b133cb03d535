/** The crop box on the screen: what is left out is dimmed, its sides are sliders, its corners can be dragged. */

import type { Box, Handle } from './cropBox';
import { sizeOf } from './cropBox';
import { on, set, svg } from './dom';
import { pixels } from '../report/format';
import type { Size } from '../report/report';
import type { Viewport } from './viewport';

export interface CropOverlay {
  readonly element: SVGSVGElement;
  draw(box: Box | null, size: Size, view: Viewport): void;
  /** The handle under a pointer; the box itself moves no side; undefined elsewhere. */
  handleAt(target: EventTarget | null): Handle | undefined;
  /** What takes the focus when the pointer goes down there. */
  focusable(target: EventTarget | null): SVGElement | null;
  focus(): void;
}

type Move = (handle: Handle | null, dx: number, dy: number, large: boolean) => void;

const ARROWS: Readonly<Record<string, Size>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1]
};
const WHOLE: Handle = { x: null, y: null };
const SIDES: readonly (readonly [name: string, handle: Handle])[] = [
  ['Left', { x: 'left', y: null }],
  ['Top', { x: null, y: 'top' }],
  ['Right', { x: 'right', y: null }],
  ['Bottom', { x: null, y: 'bottom' }]
];
const CORNERS: readonly Handle[] = [
  { x: 'left', y: 'top' },
  { x: 'right', y: 'top' },
  { x: 'right', y: 'bottom' },
  { x: 'left', y: 'bottom' }
];
const GRIP = 7;
const REACH = 22;

/** Return the overlay of one stage; keys report through `onMove` and `onRemove`. */
export function cropOverlay(signal: AbortSignal, onMove: Move, onRemove: () => void): CropOverlay {
  const handles = new Map<Element, Handle>();
  const outside = svg('path', { class: 'headroom-x-outside', 'fill-rule': 'evenodd' });
  const inside = svg('rect', {
    class: 'headroom-x-crop',
    role: 'button',
    'aria-roledescription': 'crop box',
    tabindex: 0
  });
  handles.set(inside, WHOLE);
  const sides = SIDES.map(([name, handle]) => {
    const grip = svg('rect', {
      class: `headroom-x-side headroom-x-side-${handle.x === null ? 'row' : 'column'}`,
      role: 'slider',
      tabindex: 0,
      'aria-label': `${name} side of the crop`,
      'aria-orientation': handle.x === null ? 'vertical' : 'horizontal',
      'aria-valuemin': 0,
      rx: 2
    });
    handles.set(grip, handle);
    return { grip, handle };
  });
  const corners = CORNERS.map(handle => {
    const falling = (handle.x === 'left') === (handle.y === 'top');
    const grip = svg('rect', { class: 'headroom-x-corner', rx: 2 });
    const reach = svg('rect', { class: `headroom-x-reach headroom-x-corner-${falling ? 'falling' : 'rising'}` });
    handles.set(reach, handle);
    return { grip, reach, handle };
  });
  const group = svg(
    'g',
    { hidden: true },
    outside,
    inside,
    ...sides.map(({ grip }) => grip),
    ...corners.flatMap(({ grip, reach }) => [grip, reach])
  );
  const element = svg('svg', { class: 'headroom-x-layer' }, group);

  const key = (event: KeyboardEvent): void => {
    const handle = handles.get(event.target as Element);
    const arrow = ARROWS[event.key];
    if (handle === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === 'Delete' || event.key === 'Backspace') {
      onRemove();
    } else if (arrow !== undefined) {
      onMove(handle === WHOLE ? null : handle, arrow[0], arrow[1], event.shiftKey);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  on(element, 'keydown', key, signal);

  return {
    element,
    draw(box, size, view) {
      group.toggleAttribute('hidden', box === null);
      if (box === null) {
        return;
      }
      const [left, top, right, bottom] = [
        view.x + box[0] * view.scale,
        view.y + box[1] * view.scale,
        view.x + box[2] * view.scale,
        view.y + box[3] * view.scale
      ];
      const end: Size = [view.x + size[0] * view.scale, view.y + size[1] * view.scale];
      const around = `M${view.x} ${view.y}H${end[0]}V${end[1]}H${view.x}Z`;
      set(outside, { d: `${around}M${left} ${top}V${bottom}H${right}V${top}Z` });
      place(inside, left, top, right - left, bottom - top);
      const cut = pixels(sizeOf(box));
      set(inside, { 'aria-label': `Crop of ${cut} at ${box[0]}, ${box[1]}` });
      const along = { left, top, right, bottom };
      const middle: Size = [(left + right) / 2, (top + bottom) / 2];
      for (const { grip, handle } of sides) {
        const x = handle.x === null ? middle[0] : along[handle.x];
        const y = handle.y === null ? middle[1] : along[handle.y];
        const [long, short] = [Math.min(3 * GRIP, handle.x === null ? right - left : bottom - top), GRIP];
        const [w, h] = handle.x === null ? [long, short] : [short, long];
        place(grip, x - w / 2, y - h / 2, w, h);
        const at = handle.x === null ? (handle.y === 'top' ? box[1] : box[3]) : handle.x === 'left' ? box[0] : box[2];
        set(grip, {
          'aria-valuenow': at,
          'aria-valuemax': handle.x === null ? size[1] : size[0],
          'aria-valuetext': `${at} px; crop of ${cut}`
        });
      }
      for (const { grip, reach, handle } of corners) {
        const [x, y] = [along[handle.x ?? 'left'], along[handle.y ?? 'top']];
        place(grip, x - GRIP / 2 - 1, y - GRIP / 2 - 1, GRIP + 2, GRIP + 2);
        place(reach, x - REACH / 2, y - REACH / 2, REACH, REACH);
      }
    },
    handleAt: target => handles.get(target as Element),
    focusable: target => (target instanceof SVGElement && target.hasAttribute('tabindex') ? target : null),
    focus() {
      inside.focus({ preventScroll: true });
    }
  };
}

function place(rect: SVGRectElement, x: number, y: number, width: number, height: number): void {
  const tenth = (length: number): string => length.toFixed(1);
  set(rect, { x: tenth(x), y: tenth(y), width: tenth(Math.max(width, 0)), height: tenth(Math.max(height, 0)) });
}
