/** Reports for tests. */

import type { Report, ReportImage } from '../report/report';

const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';

/** Return one image's result, an image made smaller unless said otherwise. */
export function anImage(changes: Partial<ReportImage> = {}): ReportImage {
  return {
    path: 'messages[0].content[1]',
    name: 'receipt.png',
    did: 'smaller, 512×384 px',
    question: 'Describe it',
    routed: 'full_low',
    router: 'embedded',
    chosen: null,
    technique: 'full_low',
    confidence: 0.71,
    reason: 'asks what the image shows as a whole',
    original_tokens: 1105,
    compressed_tokens: 255,
    free_tokens: 0,
    traded_tokens: 850,
    exact: true,
    original_exact: true,
    original_size: [1600, 1200],
    sizes: [[512, 384]],
    original_bytes: 90_000,
    compressed_bytes: 9000,
    kept_pixels: 0.1,
    note: '',
    error: null,
    thumbnail: PIXEL,
    compressed_thumbnail: PIXEL,
    alt: 'messages[0].content[1], 1600×1200 px',
    text: '',
    crop_box: null,
    signals: { has_text: 0.25, detail_loss: 1 },
    ...changes
  };
}

/** Return a report of images. */
export function aReport(images: readonly ReportImage[], changes: Partial<Report> = {}): Report {
  const sum = (name: 'original_tokens' | 'compressed_tokens' | 'free_tokens' | 'traded_tokens'): number =>
    images.reduce((total, image) => total + image[name], 0);
  const [before, after] = [sum('original_tokens'), sum('compressed_tokens')];
  return {
    version: 1,
    kind: 'compression',
    model: 'gpt-4o',
    provider: 'openai',
    model_note: 'given',
    quality: 'balanced',
    usd_per_million_tokens: 2.5,
    totals: {
      images: images.length,
      original_tokens: before,
      compressed_tokens: after,
      free_tokens: sum('free_tokens'),
      traded_tokens: sum('traded_tokens'),
      savings_percent: before === 0 ? 0 : (100 * (before - after)) / before,
      savings_usd: ((before - after) * 2.5) / 1e6,
      exact: images.every(image => image.exact),
      original_exact: true
    },
    images,
    hidden_images: 0,
    warnings: [],
    ...changes
  };
}
