/** Where an image lies on a stage: zoomed about a point, panned, never lost from sight. */

import type { Box } from './cropBox';
import type { Size } from '../report/report';

/** Screen pixels per image pixel, and where the picture's origin lies on the stage. */
export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Most screen pixels per image pixel. */
export const CLOSEST = 16;

/** Show an image of this size whole, centred; `room` is left on every side. */
export function fitted(picture: Size, stage: Size, room = 0): Viewport {
  const inner: Size = [Math.max(stage[0] - 2 * room, 1), Math.max(stage[1] - 2 * room, 1)];
  const scale = Math.min(inner[0] / picture[0], inner[1] / picture[1], CLOSEST);
  return { scale, x: (stage[0] - picture[0] * scale) / 2, y: (stage[1] - picture[1] * scale) / 2 };
}

/** Zoom by a factor about a point of the stage, between the fit and the closest. */
export function zoomed(view: Viewport, factor: number, at: Size, fit: Viewport): Viewport {
  const scale = Math.min(Math.max(view.scale * factor, fit.scale), CLOSEST);
  const by = scale / view.scale;
  return { scale, x: at[0] - (at[0] - view.x) * by, y: at[1] - (at[1] - view.y) * by };
}

/** Keep the image on the stage: a side that has room is centred, one that has not covers it. */
export function kept(view: Viewport, picture: Size, stage: Size): Viewport {
  return {
    scale: view.scale,
    x: along(view.x, picture[0] * view.scale, stage[0]),
    y: along(view.y, picture[1] * view.scale, stage[1])
  };
}

/** The part of the image that is seen, in its pixels. */
export function visible(view: Viewport, picture: Size, stage: Size): Box {
  const [left, top] = toPicture(view, [0, 0]);
  const [right, bottom] = toPicture(view, stage);
  return [Math.max(left, 0), Math.max(top, 0), Math.min(right, picture[0]), Math.min(bottom, picture[1])];
}

/** A point of the stage in pixels of the image. */
export function toPicture(view: Viewport, [x, y]: Size): Size {
  return [(x - view.x) / view.scale, (y - view.y) / view.scale];
}

function along(at: number, length: number, room: number): number {
  return length <= room ? (room - length) / 2 : Math.min(Math.max(at, room - length), 0);
}
