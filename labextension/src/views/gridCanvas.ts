/** The image of a stage on a canvas, and over a part of it what a model sees. */

import type { Box } from './cropBox';
import { selected, sizeOf } from './cropBox';
import { h } from './dom';
import type { Size } from '../report/report';
import { visible } from './viewport';
import type { Viewport } from './viewport';

/** What a canvas can draw: a bitmap, another canvas. */
export type Drawable = ImageBitmap | HTMLCanvasElement | OffscreenCanvas;

export interface GridCanvas {
  readonly element: HTMLCanvasElement;
  /** The image in full, and once more no larger than a screen needs, which is quicker to draw. */
  setPicture(full: Drawable, small: Drawable): void;
  /** What the model sees of the part selected; null for the image itself. */
  setModelView(picture: Drawable | null): void;
  readonly hasModelView: () => boolean;
  /** `room` is the stage's size, CSS pixels. */
  draw(view: Viewport, room: Size, box: Box | null): void;
}

/** Return the canvas for an image of this size. */
export function gridCanvas(size: Size): GridCanvas {
  const element = h('canvas', { class: 'headroom-x-canvas', 'aria-hidden': 'true' });
  let pictures: { readonly full: Drawable; readonly small: Drawable } | null = null;
  let modelView: Drawable | null = null;

  return {
    element,
    setPicture(full, small) {
      pictures = { full, small };
    },
    setModelView(picture) {
      modelView = picture;
    },
    hasModelView: () => modelView !== null,
    draw(view, room, box) {
      const context = element.getContext('2d');
      if (context === null) {
        return;
      }
      const dense = window.devicePixelRatio || 1;
      const [width, height] = [Math.round(room[0] * dense), Math.round(room[1] * dense)];
      if (element.width !== width || element.height !== height) {
        [element.width, element.height] = [width, height];
      }
      context.setTransform(dense, 0, 0, dense, 0, 0);
      context.clearRect(0, 0, room[0], room[1]);
      const seen = visible(view, size, room);
      if (pictures !== null) {
        const { full, small } = pictures;
        const enough = view.scale * dense * size[0] > small.width ? full : small;
        drawPart(context, enough, [0, 0, size[0], size[1]], view, seen, true);
      }
      if (modelView !== null) {
        drawPart(context, modelView, selected(box, size), view, seen, false);
      }
    }
  };
}

/** Draw what is seen of an image that fills a region. */
function drawPart(
  context: CanvasRenderingContext2D,
  picture: Drawable,
  region: Box,
  view: Viewport,
  seen: Box,
  smooth: boolean
): void {
  const [left, top] = [Math.max(seen[0], region[0]), Math.max(seen[1], region[1])];
  const [across, down] = [Math.min(seen[2], region[2]) - left, Math.min(seen[3], region[3]) - top];
  if (across <= 0 || down <= 0) {
    return;
  }
  const whole = sizeOf(region);
  const [sx, sy] = [picture.width / whole[0], picture.height / whole[1]];
  context.imageSmoothingEnabled = smooth;
  context.drawImage(
    picture,
    (left - region[0]) * sx,
    (top - region[1]) * sy,
    across * sx,
    down * sy,
    view.x + left * view.scale,
    view.y + top * view.scale,
    across * view.scale,
    down * view.scale
  );
}
