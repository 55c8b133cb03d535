/** What else is known of an image, below its comparison: why, how sure, what was measured, sizes and place. */

import { h } from './dom';
import type { ReportImage } from '../report/report';
import { savingWords, signalBars, sizeWords } from './rowFigures';
import { chosenOf, surenessOf } from './techniqueChoice';

/** Return the facts of an image; `price` is dollars per million tokens. */
export function imageFacts(image: ReportImage, price: number | null): HTMLElement {
  const { error } = image;
  const note = error === null || image.note.includes(error) ? image.note : `${image.note} ${error}`;
  const bars = signalBars(image);
  const rows: (readonly [string, string | HTMLElement[]])[] = [
    ['Why', chosenOf(image) === null ? (image.reason ?? '') : ''],
    ['Technique', surenessOf(image)],
    ['Note', note],
    ['Saved', savingWords(image, price)],
    ['Size', sizeWords(image)],
    ['Place', [h('code', {}, image.path)]],
    ['Measured', bars.length === 0 ? [] : [h('ul', { class: 'headroom-signals' }, ...bars), h('p', {}, LEGEND)]]
  ];
  return h(
    'dl',
    { class: 'headroom-facts' },
    ...rows
      .filter(([, content]) => content.length > 0)
      .flatMap(([title, content]) => [
        h('dt', {}, title),
        typeof content === 'string' ? h('dd', { dir: 'auto' }, content) : h('dd', {}, ...content)
      ])
  );
}

const LEGEND = 'A full bar is all. “Lost when small” is what a view of 512 px changes.';
