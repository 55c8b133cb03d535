/** The lines of a billing grid over an image, and a hatch over what is billed beyond it. */

import type { Grid } from '../costs';
import type { Box } from './cropBox';
import { set, svg } from './dom';
import { gridLines, strength } from './gridPath';
import type { Viewport } from './viewport';

export interface GridLayer {
  readonly element: SVGSVGElement;
  /** Lay the grid over the region it bills; null takes it away. */
  draw(grid: Grid | null, region: Box, view: Viewport): void;
}

/** Return the layer; `id` is one that no other of the page has. */
export function gridLayer(id: string): GridLayer {
  const hatch = svg(
    'pattern',
    { id, width: 8, height: 8, patternUnits: 'userSpaceOnUse' },
    svg('line', { y2: 8, class: 'headroom-x-hatch' })
  );
  const beyond = svg('path', { class: 'headroom-x-beyond', fill: `url(#${id})`, 'fill-rule': 'evenodd' });
  const halo = svg('path', { class: 'headroom-x-grid-halo' });
  const lines = svg('path', { class: 'headroom-x-grid-lines' });
  const group = svg('g', {}, beyond, halo, lines);
  const element = svg('svg', { class: 'headroom-x-layer', 'aria-hidden': 'true' }, svg('defs', {}, hatch), group);
  return {
    element,
    draw(grid, region, view) {
      const found = grid === null ? null : gridLines(grid, region, view.scale);
      set(group, { transform: `translate(${view.x} ${view.y}) scale(${view.scale})` });
      set(hatch, { patternTransform: `scale(${1 / view.scale}) rotate(45)` });
      set(beyond, { d: found?.beyond ?? '' });
      set(halo, { d: found?.lines ?? '' });
      set(lines, { d: found?.lines ?? '' });
      element.style.setProperty('--hr-strength', strength(found?.distance ?? 0).toFixed(2));
    }
  };
}
