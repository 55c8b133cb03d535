/** An image decoded once, in full and as small as a screen needs, and pieces of it as a model sees them. */

import type { Box } from './cropBox';
import { sizeOf } from './cropBox';
import type { Size } from '../report/report';

/** Longer side that is drawn while the image is not zoomed in, pixels. */
const SCREEN = 1600;

export interface LoadedPicture {
  readonly full: ImageBitmap;
  readonly small: ImageBitmap;
  close(): void;
}

/** Decode a file, or an image that was decoded. Rejects with a sentence where it is no image; nothing is held after the signal aborts. */
export async function loadPicture(file: Blob | HTMLImageElement, signal: AbortSignal): Promise<LoadedPicture> {
  const full = await createImageBitmap(file).catch(() => {
    throw new Error('The browser cannot show this image.');
  });
  const share = Math.min(1, SCREEN / Math.max(full.width, full.height));
  const small = share === 1 ? full : await shrunk(full, [0, 0, full.width, full.height], times(full, share));
  const close = (): void => {
    full.close();
    small.close();
  };
  if (signal.aborted) {
    close();
  }
  return { full, small, close };
}

/** A part of the image at the size a model sees it. */
export async function seenBy(full: ImageBitmap, region: Box, seen: Size): Promise<ImageBitmap> {
  return shrunk(full, region, seen);
}

function shrunk(picture: ImageBitmap, region: Box, [width, height]: Size): Promise<ImageBitmap> {
  const [across, down] = sizeOf(region);
  return createImageBitmap(picture, region[0], region[1], across, down, {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'high'
  });
}

function times({ width, height }: ImageBitmap, share: number): Size {
  return [Math.max(Math.round(width * share), 1), Math.max(Math.round(height * share), 1)];
}
