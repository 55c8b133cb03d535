/**
 * Before and after of one image of a report.
 *
 *     parent.append(comparison(image, index, pictures, signal));
 *
 * An image with fewer pixels lies over the original behind a divider (pointer, arrow keys, Home and End); a crop stands
 * beside the original with its place marked; a transcript stands as text beside the image. Everything ends, and every
 * picture's address is released, when `signal` aborts. Style: views/decisions.css.
 */

import { branch, h, on, set, svg, toggle } from './dom';
import { pixels, tokens } from '../report/format';
import { pictureOf, sentence } from './pictures';
import type { PictureSource, ReportImage, Size } from '../report/report';
import { isUnknown } from './rowFigures';

const STEP = 2;
const LEAP = 10;

/** What of an image is worth showing: its new pixels, a piece of it, its text, or only itself. */
export type Change = 'resized' | 'crop' | 'text' | 'none';

/** Return what was done with an image, as far as can be seen. */
export function changeOf(image: ReportImage): Change {
  if (image.technique === 'transcode') {
    return 'text';
  }
  if (image.technique === 'crop') {
    return 'crop';
  }
  const [size] = image.sizes;
  const before = image.original_size;
  const kept = image.compressed_bytes === image.original_bytes;
  if (size === undefined) {
    return kept ? 'none' : 'text';
  }
  const same = kept && size[0] === before?.[0] && size[1] === before[1];
  return same && (image.sent_detail ?? null) === null ? 'none' : 'resized';
}

/** Return the view of one image before and after. */
export function comparison(
  image: ReportImage,
  index: number,
  pictures: PictureSource,
  signal: AbortSignal
): HTMLElement {
  const before = (): HTMLElement => pictureOf(pictures, index, 'original', `Before: ${image.alt}`, signal);
  const after = (): HTMLElement => pictureOf(pictures, index, 'compressed', `After: ${image.alt}`, signal);
  const { original_size: size, original_tokens: cost, compressed_tokens: costNow } = image;
  const sent = image.sizes[0] ?? null;
  switch (changeOf(image)) {
    case 'none':
      return pair(panel(caption('Sent as it is', size, isUnknown(image) ? null : cost), framed(before(), size)));
    case 'text':
      return pair(
        panel(caption('Before', size, cost), framed(before(), size)),
        panel(caption('Sent as text', null, costNow), transcript(image, index, pictures, signal))
      );
    case 'crop':
      return pair(
        panel(caption('Before', size, cost), framed(marked(before(), image), size)),
        panel(caption('Sent', sent, costNow), framed(after(), sent))
      );
    case 'resized':
      return divided(image, index, pictures, signal);
  }
}

function pair(...panels: readonly HTMLElement[]): HTMLElement {
  return h('div', { class: 'headroom-pair' }, ...panels);
}

function panel(label: HTMLElement, content: HTMLElement): HTMLElement {
  return h('figure', {}, label, content);
}

function caption(word: string, size: Size | null, count: number | null): HTMLElement {
  const facts = [...(size === null ? [] : [pixels(size)]), ...(count === null ? [] : [`${tokens(count)} tokens`])];
  return h('figcaption', {}, h('strong', {}, word), ` ${facts.join(' · ')}`);
}

/** Keep the place of an image before it is there, so that nothing jumps. */
function framed(content: HTMLElement, size: Size | null): HTMLElement {
  const frame = h('div', { class: 'headroom-frame' }, content);
  place(frame, size);
  return frame;
}

function place(frame: HTMLElement, size: Size | null): void {
  const [width, height] = size ?? [4, 3];
  frame.style.setProperty('--hr-wide', String(width));
  frame.style.setProperty('--hr-high', String(height));
}

/** Dim what was left out of a crop. */
function marked(picture: HTMLElement, image: ReportImage): HTMLElement {
  const { original_size: size, crop_box: box } = image;
  if (size === null || box === undefined || box === null) {
    return picture;
  }
  const [width, height] = size;
  const [left, top, right, bottom] = box;
  const words = `The part sent: from ${left}, ${top} to ${right}, ${bottom} of ${pixels(size)}`;
  const outside = `M0 0H${width}V${height}H0ZM${left} ${top}V${bottom}H${right}V${top}Z`;
  const sides = { x: left, y: top, width: right - left, height: bottom - top };
  return h(
    'div',
    { class: 'headroom-marked' },
    picture,
    svg(
      'svg',
      { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': words },
      svg('path', { d: outside, class: 'headroom-left-out' }),
      svg('rect', { ...sides, class: 'headroom-cut-outer' }),
      svg('rect', { ...sides, class: 'headroom-cut' })
    )
  );
}

function transcript(image: ReportImage, index: number, pictures: PictureSource, signal: AbortSignal): HTMLElement {
  const label = `Text sent instead of ${image.path}`;
  const block = h(
    'pre',
    { class: 'headroom-text', tabindex: 0, role: 'region', 'aria-label': label },
    image.text ?? ''
  );
  const whole = pictures.text?.(index, signal);
  if (whole !== undefined) {
    whole.then(
      text => {
        block.textContent = text;
      },
      (error: unknown) => {
        if (!signal.aborted) {
          block.after(h('p', { class: 'headroom-problem', role: 'alert' }, sentence(error)));
        }
      }
    );
  }
  return block;
}

/** Lay the image sent over the original, with a divider between them; as the model sees both, where that is known. */
function divided(image: ReportImage, index: number, pictures: PictureSource, signal: AbortSignal): HTMLElement {
  const before = h('div', { class: 'headroom-before' });
  const after = h('div', { class: 'headroom-after' });
  let drawn = branch(signal);
  const draw = (seen: boolean): void => {
    drawn.abort();
    drawn = branch(signal);
    before.replaceChildren(pictureOf(pictures, index, 'original', `Before: ${image.alt}`, drawn.signal, seen));
    after.replaceChildren(pictureOf(pictures, index, 'compressed', `After: ${image.alt}`, drawn.signal, seen));
  };
  const seen = toggle('What the model sees', true, draw, signal);
  draw(pictures.seen !== undefined);

  const handle = h('div', {
    class: 'headroom-divider',
    role: 'slider',
    tabindex: 0,
    'aria-label': 'Divider between before and after',
    'aria-orientation': 'horizontal',
    'aria-valuemin': 0,
    'aria-valuemax': 100
  });
  const stage = h('div', { class: 'headroom-stage', dir: 'ltr' }, before, after, handle);
  const frame = h('div', { class: 'headroom-frame headroom-scroll' }, stage);
  place(frame, image.original_size);
  const actual = toggle('Actual pixels', false, whole => frame.classList.toggle('headroom-actual', whole), signal);
  const root = h(
    'div',
    { class: 'headroom-comparison' },
    h(
      'div',
      { class: 'headroom-inline headroom-apart' },
      caption('Before', image.original_size, image.original_tokens),
      h('div', { class: 'headroom-inline' }, pictures.seen === undefined ? null : seen, actual),
      caption('After', image.sizes[0] ?? null, image.compressed_tokens)
    ),
    frame
  );

  let at = 50;
  const move = (to: number): void => {
    at = Math.min(100, Math.max(0, to));
    stage.style.setProperty('--hr-at', `${at}%`);
    const share = Math.round(at);
    set(handle, { 'aria-valuenow': share, 'aria-valuetext': `${share} % before, ${100 - share} % after` });
  };
  const follow = (event: PointerEvent): void => {
    const box = stage.getBoundingClientRect();
    if (box.width > 0) {
      move(((event.clientX - box.left) / box.width) * 100);
    }
  };
  move(at);

  const grab = (event: PointerEvent): void => {
    if (event.button === 0) {
      event.preventDefault();
      stage.setPointerCapture(event.pointerId);
      handle.focus({ preventScroll: true });
      follow(event);
    }
  };
  const drag = (event: PointerEvent): void => {
    if (stage.hasPointerCapture(event.pointerId)) {
      follow(event);
    }
  };
  const key = (event: KeyboardEvent): void => {
    const to = KEYS[event.key]?.(at);
    if (to !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      move(to);
    }
  };
  on(stage, 'pointerdown', grab, signal);
  on(stage, 'pointermove', drag, signal);
  on(handle, 'keydown', key, signal);
  return root;
}

const KEYS: Readonly<Record<string, (at: number) => number>> = {
  ArrowLeft: at => at - STEP,
  ArrowDown: at => at - STEP,
  ArrowRight: at => at + STEP,
  ArrowUp: at => at + STEP,
  PageDown: at => at - LEAP,
  PageUp: at => at + LEAP,
  Home: () => 0,
  End: () => 100
};
