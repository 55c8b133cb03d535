/**
 * Images of a report for the views.
 *
 * - `storedPictures(report)`: the previews a report carries, for where there is no kernel.
 * - `pictureOf(source, index, which, alt, signal)`: an `img` that loads when it is made, says in one sentence when it
 *   cannot, and hands its address back when `signal` aborts.
 */

import { atEnd, h } from './dom';
import type { PictureSource, Report } from '../report/report';

export type Which = 'original' | 'compressed';

/** Return the images that are stored in a report. */
export function storedPictures(report: Report): PictureSource {
  return {
    load(index, which) {
      const image = report.images[index];
      const address = which === 'original' ? image?.thumbnail : image?.compressed_thumbnail;
      return address
        ? Promise.resolve(address)
        : Promise.reject(new Error('This report holds no preview of the image.'));
    },
    release() {
      // a data URI holds nothing back
    }
  };
}

/** Return a frame that shows an image as soon as it is there; `seen` as the model sees it. */
export function pictureOf(
  source: PictureSource,
  index: number,
  which: Which,
  alt: string,
  signal: AbortSignal,
  seen = false
): HTMLElement {
  const frame = h('div', { class: 'headroom-picture', 'aria-busy': 'true' });
  const load = (): Promise<string> =>
    (seen ? source.seen?.(index, which, signal) : undefined) ?? source.load(index, which, signal);
  void fill(frame, source, load, alt, signal);
  return frame;
}

/**
 * Load an address and show it in a frame; the address lives as long as the signal.
 *
 * An image that cannot be had is said aloud, unless it is `small`: then a dash stands for it, with the reason on it.
 */
export async function fill(
  frame: HTMLElement,
  source: PictureSource,
  load: () => Promise<string>,
  alt: string,
  signal: AbortSignal,
  small = false
): Promise<void> {
  try {
    const address = await load();
    if (signal.aborted) {
      source.release(address);
      return;
    }
    atEnd(signal, () => {
      source.release(address);
    });
    frame.replaceChildren(address === '' ? '' : h('img', { src: address, alt, draggable: 'false' }));
  } catch (error) {
    if (!signal.aborted && small) {
      frame.replaceChildren(h('span', { class: 'headroom-faint', title: sentence(error) }, '–'));
    } else if (!signal.aborted) {
      frame.replaceChildren(h('p', { class: 'headroom-problem', role: 'alert' }, sentence(error)));
    }
  } finally {
    frame.removeAttribute('aria-busy');
  }
}

/** Return an error as the sentence to show. */
export function sentence(error: unknown): string {
  return error instanceof Error && error.message !== ''
    ? error.message
    : 'Something went wrong; see the browser’s console.';
}
