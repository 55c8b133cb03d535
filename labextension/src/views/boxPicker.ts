/**
 * A box drawn on an image by hand, and the button that makes it the crop.
 *
 *     parent.append(boxPicker(image, index, pictures, box => { … }, signal));
 *
 * The image is loaded when the fold is opened first. Style: views/forms.css and views/explorer.css.
 */

import type { Box } from './cropBox';
import { sizeOf } from './cropBox';
import { atEnd, button, h, on } from './dom';
import { sentence } from './pictures';
import { pixels } from '../report/format';
import type { PictureSource, ReportImage } from '../report/report';
import { loadPicture } from './screenPicture';
import { tileGrid } from './tileGrid';

/** Return the fold; null where the image has no known size. */
export function boxPicker(
  image: ReportImage,
  index: number,
  pictures: PictureSource,
  use: (box: Box) => void,
  signal: AbortSignal
): HTMLElement | null {
  const size = image.original_size;
  if (size === null) {
    return null;
  }
  const fold = h('details', { class: 'headroom-drawn-box' }, h('summary', {}, 'Cut out a part by hand'));
  fold.style.setProperty('--hr-shape', String(size[0] / size[1]));
  const open = (): void => {
    let box: Box | null = image.crop_box ?? null;
    const said = h('span', { class: 'headroom-faint', role: 'status' });
    const add = button('Add a box', () => { stage.addCrop(); }, signal);
    const press = (): void => {
      if (box !== null) {
        use(box);
      }
    };
    const take = button('Use this box', press, signal, { class: 'headroom-primary' });
    const show = (next: Box | null): void => {
      box = next;
      take.disabled = box === null;
      said.textContent = box === null ? 'Draw a box on the image.' : `${pixels(sizeOf(box))} at ${box[0]}, ${box[1]}`;
    };
    const stage = tileGrid({ size, label: `Image of ${image.path}`, signal, onCrop: show });
    stage.setCrop(box);
    show(box);
    fold.append(h('div', { class: 'headroom-inline' }, add, take, said), stage.element);
    void fill(stage, index, pictures, signal).catch((error: unknown) => {
      if (!signal.aborted) {
        stage.element.after(h('p', { class: 'headroom-problem', role: 'alert' }, sentence(error)));
      }
    });
  };
  on(fold, 'toggle', open, signal, { once: true });
  return fold;
}

async function fill(
  stage: ReturnType<typeof tileGrid>,
  index: number,
  pictures: PictureSource,
  signal: AbortSignal
): Promise<void> {
  const address = await pictures.load(index, 'original', signal);
  try {
    const element = h('img', { src: address });
    await element.decode();
    const picture = await loadPicture(element, signal);
    atEnd(signal, () => {
      picture.close();
    });
    if (!signal.aborted) {
      stage.setPicture(picture.full, picture.small);
    }
  } finally {
    pictures.release(address);
  }
}
