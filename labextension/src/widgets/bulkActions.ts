/** One technique for many images: for all, or for those that now have one technique. */

import type { DecisionEdits } from '../views/decisionEdits';
import { button, h } from '../views/dom';
import type { Report, TechniqueName } from '../report/report';
import { techniqueOptions } from '../views/techniqueChoice';

/** Return the boxes and the button; `report` gives the present one. */
export function bulkActions(report: () => Report, edit: DecisionEdits, signal: AbortSignal): HTMLElement {
  const which = h(
    'select',
    { class: 'headroom-select', 'aria-label': 'Which images' },
    h('option', { value: '' }, 'all images'),
    ...techniqueOptions()
  );
  const technique = h(
    'select',
    { class: 'headroom-select', 'aria-label': 'Technique for them' },
    h('option', { value: '' }, 'automatic'),
    ...techniqueOptions()
  );
  technique.value = 'preserve';
  const said = h('span', { role: 'status' });
  const apply = (): void => {
    const images = report().images.flatMap((image, index) =>
      which.value === '' || image.technique === which.value ? [index] : []
    );
    said.textContent = images.length === 0 ? `No image is sent as ${which.value}.` : '';
    if (images.length > 0) {
      edit.choose(images, technique.value === '' ? null : (technique.value as TechniqueName));
    }
  };
  return h(
    'div',
    { class: 'headroom-tools' },
    h('span', {}, 'Set'),
    which,
    h('span', {}, 'to'),
    technique,
    button('Apply', apply, signal),
    said
  );
}
