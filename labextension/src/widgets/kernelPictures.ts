/**
 * Images asked of the kernel, as object URLs that are revoked when they are handed back.
 *
 * Previews are asked for a few at a time, so that a hundred rows do not keep a click waiting.
 */

import type { AnyModel } from '@anywidget/types';
import type { PictureSource } from '../report/report';
import { ask } from './kernel';

const AT_ONCE = 4;

/** The kernel may be in the middle of a long cell; rows are drawn without previews until it answers. */
const PREVIEW_PATIENCE = 3_600_000;
const PICTURE_PATIENCE = 180_000;

interface File {
  readonly media_type: string;
}

/** Return the images of a model that answers `picture`, `preview` and `text`. */
export function kernelPictures(model: AnyModel): PictureSource {
  const turns = queue(AT_ONCE);

  const load = async (
    name: string,
    image: number,
    which: 'original' | 'compressed',
    patience: number,
    signal: AbortSignal
  ): Promise<string> => {
    const { data, blobs } = await ask<File>(model, name, { image, which }, { signal, patience });
    const [blob] = blobs;
    if (blob === undefined) {
      throw new Error('The kernel sent no image.');
    }
    return URL.createObjectURL(new Blob([blob], { type: data.media_type }));
  };

  return {
    seen: (index, which, signal) => load('seen', index, which, PICTURE_PATIENCE, signal),
    load: (index, which, signal) => load('picture', index, which, PICTURE_PATIENCE, signal),
    thumbnail: (index, which, signal) => turns(() => load('preview', index, which, PREVIEW_PATIENCE, signal), signal),
    async text(index, signal) {
      const { data } = await ask<{ readonly text: string }>(model, 'text', { image: index }, { signal });
      return data.text;
    },
    release(address) {
      URL.revokeObjectURL(address);
    }
  };
}

/** Return what lets so many tasks run at the same time; the others wait, unless they are no longer wanted. */
function queue(most: number): <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task, signal) => {
    if (running >= most) {
      await new Promise<void>(resolve => waiting.push(resolve));
    }
    running++;
    try {
      signal.throwIfAborted();
      return await task();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}
