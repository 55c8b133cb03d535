/** The figures of one image: its signals as bars, its tokens, money and sizes. */

import { h } from './dom';
import { change, percent, pixels, usd } from '../report/format';
import type { ReportImage } from '../report/report';

const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  has_text: 'text',
  is_document: 'document',
  is_complex: 'busy',
  has_small_details: 'fine detail',
  text_coverage: 'text area',
  detail_loss: 'lost when small'
};

/** Return a small bar, filled to a share; its figure must stand beside it. */
export function shareBar(share: number): HTMLElement {
  const filled = h('span');
  filled.style.width = `${share * 100}%`;
  return h('span', { class: 'headroom-bar', 'aria-hidden': 'true' }, filled);
}

/** Return an item for each signal of an image. */
export function signalBars(image: ReportImage): HTMLElement[] {
  const found = image.signals ?? {};
  // a stored notebook sorts its keys: known signals keep their order, others follow
  const names = [...new Set([...Object.keys(SIGNAL_WORDS), ...Object.keys(found)])];
  const measured = names.flatMap(name => (found[name] === undefined ? [] : [[name, found[name]] as const]));
  return measured.map(([name, share]) =>
    h(
      'li',
      { title: `${name}: ${share}` },
      h('span', {}, SIGNAL_WORDS[name] ?? name),
      shareBar(share),
      h('span', { class: 'headroom-visually-hidden' }, percent(share))
    )
  );
}

/** Whether nobody knows what an image costs: it could not be read, or stands elsewhere. */
export function isUnknown(image: ReportImage): boolean {
  return image.original_size === null && image.original_tokens === 0;
}

/** Return the lines that say what an image costs; `price` is dollars per million tokens. */
export function tokenLines(image: ReportImage, price: number | null): HTMLElement[] {
  if (isUnknown(image)) {
    return [h('p', { class: 'headroom-faint' }, 'not known')];
  }
  const saved = image.original_tokens - image.compressed_tokens;
  const tokens = change(image.original_tokens, image.compressed_tokens, image.original_exact, image.exact);
  const lines = [h('p', { class: 'headroom-change' }, tokens)];
  if (saved > 0) {
    const free = image.free_tokens > 0 ? ['free'] : [];
    const kinds = [...free, ...(image.traded_tokens > 0 ? ['traded'] : [])].join(' + ');
    const kind = h('span', { class: 'headroom-faint' }, ` ${kinds}`);
    lines.push(h('p', { class: 'headroom-saved' }, `−${percent(saved / image.original_tokens)}`, kind));
    if (price !== null) {
      lines.push(h('p', { class: 'headroom-faint' }, `${usd((saved * price) / 1e6)} saved`));
    }
  }
  const after = image.sizes.map(pixels).join(' + ');
  const size = pixels(image.original_size);
  const sizes = after === '' || after === size ? size : `${size} → ${after}`;
  return [...lines, h('p', { class: 'headroom-faint headroom-size' }, sizes)];
}
