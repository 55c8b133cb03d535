/** An image under the grid it is billed by; needs no canvas. Style: estimate.css. */

import { grid, unitCount, type Model } from '../costs';
import { h, svg } from '../views/dom';
import { pixels, tokens } from '../report/format';
import { gridLines, strength } from '../views/gridPath';
import type { Size } from '../report/report';

/** Width at which the image is drawn at most, CSS pixels; finer lines than fit are thinned. */
const DRAWN = 560;

export interface GridPicture {
  readonly element: HTMLElement;
  /** Lay the grid of a model over the image. Throws RefusedError as `grid`. */
  show(model: Model, detail: string): void;
}

/** Return the view of an image behind an address. */
export function gridPicture(address: string, size: Size, label: string): GridPicture {
  const [width, height] = size;
  const halo = svg('path', { class: 'headroom-line-halo' });
  const line = svg('path', { class: 'headroom-line' });
  const words = h('figcaption', { class: 'headroom-soft-text' });
  const over = svg('svg', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' }, halo, line);
  const frame = h(
    'div',
    { class: 'headroom-under-grid' },
    h('img', { src: address, alt: `${label}, ${pixels(size)}`, width, height }),
    over
  );
  return {
    element: h('figure', { class: 'headroom-grid-picture' }, frame, words),
    show(model, detail) {
      const found = grid(size, model, detail);
      const scale = Math.min(1, DRAWN / Math.max(width, height));
      const { lines, every, distance } = gridLines(found, [0, 0, width, height], scale);
      halo.setAttribute('d', lines);
      line.setAttribute('d', lines);
      over.setAttribute('opacity', strength(distance).toFixed(2));
      const [across, down] = [found.xs.length - 1, found.ys.length - 1];
      const unit =
        found.side === null
          ? 'Billed as a whole'
          : `${across} × ${down} = ${tokens(unitCount(found))} ${found.unit === 'patch' ? 'patches' : `${found.unit}s`} of ${found.side} px`;
      const thin = every > 1 ? `; every ${every}th line is drawn` : '';
      words.textContent = `${unit} in what the model sees, ${pixels(found.view)}${thin}`;
    }
  };
}
