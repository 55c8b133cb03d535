/** The small images of a row, before and after: a button that opens the comparison. */

import { changeOf } from './comparison';
import { branch, h, on, set } from './dom';
import { fill } from './pictures';
import type { Which } from './pictures';
import type { PictureSource, ReportImage } from '../report/report';

export interface PreviewButton {
  readonly element: HTMLElement;
  update(image: ReportImage): void;
  /** Whether the comparison stands open in the element with this id. */
  expanded(on: boolean, id: string): void;
}

export interface PreviewOptions {
  readonly index: number;
  readonly pictures: PictureSource;
  readonly signal: AbortSignal;
  readonly press: () => void;
  /** Calls back once an element is near the screen: only then its images are asked for. */
  readonly lazy: (element: Element, seen: () => void) => void;
}

/** Return the button of one image. */
export function previewButton({ index, pictures, signal, press, lazy }: PreviewOptions): PreviewButton {
  const before = h('span', { class: 'headroom-thumb' });
  const after = h('span', { class: 'headroom-thumb' });
  const arrow = h('span', { 'aria-hidden': 'true' }, '→');
  const attributes = { type: 'button', class: 'headroom-previews-button', 'aria-expanded': 'false' };
  const element = h('button', attributes, before, arrow, after);
  on(element, 'click', press, signal);
  let seen = false;
  let image: ReportImage | null = null;
  const loads = new Map<Which, { readonly key: string; readonly stop: AbortController }>();

  const show = (frame: HTMLElement, which: Which, key: string, stored: string): void => {
    const running = loads.get(which);
    if (running?.key === key) {
      return;
    }
    running?.stop.abort();
    const stop = branch(signal);
    loads.set(which, { key, stop });
    const load = async (): Promise<string> => (await pictures.thumbnail?.(index, which, stop.signal)) ?? stored;
    void fill(frame, pictures, load, '', stop.signal, true);
  };
  const draw = (): void => {
    if (image === null || !seen) {
      return;
    }
    show(before, 'original', 'original', image.thumbnail);
    const kind = changeOf(image);
    if (kind === 'crop' || kind === 'resized') {
      const key = JSON.stringify([image.technique, image.sizes, image.compressed_bytes, image.crop_box]);
      show(after, 'compressed', key, image.compressed_thumbnail ?? '');
    } else {
      loads.get('compressed')?.stop.abort();
      loads.delete('compressed');
      after.replaceChildren(kind === 'text' ? h('span', { class: 'headroom-lines', 'aria-hidden': 'true' }) : '');
    }
  };
  lazy(element, () => {
    seen = true;
    draw();
  });
  return {
    element,
    update(next) {
      image = next;
      const kept = changeOf(next) === 'none';
      arrow.hidden = after.hidden = kept;
      set(element, { 'aria-label': `${kept ? 'Show' : 'Compare before and after'}: ${next.alt}` });
      draw();
    },
    expanded(open, id) {
      set(element, { 'aria-expanded': String(open) });
      if (open) {
        set(element, { 'aria-controls': id });
      } else {
        element.removeAttribute('aria-controls');
      }
    }
  };
}
