/** In which order the rows stand, and which are shown: a box and a switch. */

import { h, on } from './dom';
import type { ReportImage } from '../report/report';

const ORDERS: Readonly<Record<string, (image: ReportImage) => number>> = {
  'as they come': () => 0,
  'most tokens first': image => -image.original_tokens,
  'most saved first': image => image.compressed_tokens - image.original_tokens,
  'highest risk first': image => -(image.risk ?? 0)
};

export interface RowOrder {
  readonly element: HTMLElement;
  /** Indices of the images that are shown, in their order. */
  of(images: readonly ReportImage[]): number[];
}

/** Return the controls; `changed` is called when another order is wanted. */
export function rowOrder(changed: () => void, signal: AbortSignal): RowOrder {
  const box = h(
    'select',
    { class: 'headroom-select', 'aria-label': 'Order of the rows' },
    ...Object.keys(ORDERS).map(words => h('option', { value: words }, words))
  );
  const only = h('input', { type: 'checkbox' });
  on(box, 'change', changed, signal);
  on(only, 'change', changed, signal);
  return {
    element: h('div', { class: 'headroom-tools' }, box, h('label', {}, only, ' only where detail was given up')),
    of(images) {
      const weigh = ORDERS[box.value] ?? ((): number => 0);
      const kept = images.map((image, index) => ({ image, index }));
      return kept
        .filter(({ image }) => !only.checked || image.traded_tokens > 0)
        .sort((one, other) => weigh(one.image) - weigh(other.image) || one.index - other.index)
        .map(({ index }) => index);
    }
  };
}
