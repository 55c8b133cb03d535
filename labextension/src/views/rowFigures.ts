/** The words and figures of one image: its name, what was done, tokens, saving, risk, signals. */

import { h } from './dom';
import { change, percent, pixels, risk, tokens, usd } from '../report/format';
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
      h('span', {}, percent(share))
    )
  );
}

/** Whether nobody knows what an image costs: it could not be read, or stands elsewhere. */
export function isUnknown(image: ReportImage): boolean {
  return image.original_size === null && image.original_tokens === 0;
}

/** The name of an image's file or where it came from; its number where a stored report does not say. */
export function nameOf(image: ReportImage, index: number): string {
  return image.name ?? `image ${index}`;
}

/** What was done, in plain words; reports of earlier versions say the technique. */
export function didWords(image: ReportImage): string {
  return image.did ?? image.technique;
}

/** Tokens before and after, or that they are not known. */
export function tokenWords(image: ReportImage): string {
  return isUnknown(image)
    ? 'not known'
    : change(image.original_tokens, image.compressed_tokens, image.original_exact, image.exact);
}

/** The share of the tokens that was saved. */
export function savedWords(image: ReportImage): string {
  const saved = image.original_tokens - image.compressed_tokens;
  return image.original_tokens === 0 ? '–' : saved > 0 ? `−${percent(saved / image.original_tokens)}` : '0 %';
}

/** The risk that the answer is lost; a dash where nothing was given up. */
export function riskWords(image: ReportImage): string {
  const share = image.risk ?? null;
  return share === null || image.traded_tokens === 0 ? '–' : risk(share);
}

/** What was saved in which way, and what that is in money; `price` is dollars per million tokens. */
export function savingWords(image: ReportImage, price: number | null): string {
  const saved = image.original_tokens - image.compressed_tokens;
  if (saved <= 0) {
    return '';
  }
  const kinds = [
    [image.free_tokens, 'the model sees the same'],
    [image.traded_tokens, 'detail given up']
  ] as const;
  const words = kinds.filter(([count]) => count > 0).map(([count, kind]) => `${tokens(count)} tokens: ${kind}`);
  return [...words, ...(price === null ? [] : [`${usd((saved * price) / 1e6)} each time`])].join(', ');
}

/** Pixels before and after. */
export function sizeWords(image: ReportImage): string {
  const after = image.sizes.map(pixels).join(' + ');
  const size = pixels(image.original_size);
  return after === '' || after === size ? size : `${size} → ${after}`;
}
