/** What is to be done with an image: the box to choose it, and how the choice came about. */

import { h, on, set } from './dom';
import { percent, risk } from '../report/format';
import type { ReportImage, TechniqueName } from '../report/report';
import { TECHNIQUES } from '../report/report';

/** What each technique does, in a few words. */
export const TECHNIQUE_WORDS: Readonly<Record<TechniqueName, string>> = {
  transcode: 'as text',
  crop: 'the part asked for',
  full_low: 'smaller',
  preserve: 'unchanged'
};

export interface TechniqueChoice {
  readonly element: HTMLSelectElement;
  /** Show what holds for an image; null goes back to what was shown last. */
  update(image: ReportImage | null): void;
}

/** Return an option for each technique, with what it does. */
export function techniqueOptions(): HTMLOptionElement[] {
  return TECHNIQUES.map(name => h('option', { value: name }, `${name} – ${TECHNIQUE_WORDS[name]}`));
}

/** Return a box of the techniques; null stands for the router's word. */
export function techniqueChoice(
  chosen: (technique: TechniqueName | null) => void,
  signal: AbortSignal
): TechniqueChoice {
  const routed = h('option', { value: '' });
  const element = h(
    'select',
    { class: 'headroom-select' },
    routed,
    ...techniqueOptions()
  );
  let value = '';
  on(
    element,
    'change',
    () => {
      chosen(element.value === '' ? null : (element.value as TechniqueName));
    },
    signal
  );
  return {
    element,
    update(image) {
      if (image !== null) {
        value = chosenOf(image) ?? '';
        routed.textContent = value === '' ? `automatic: ${image.technique}` : 'automatic';
        set(element, { 'aria-label': `Technique for ${image.path}` });
        element.classList.toggle('headroom-overruled', value !== '');
      }
      element.value = value;
    }
  };
}

/** What a person chose for an image, or null. */
export function chosenOf(image: ReportImage): TechniqueName | null {
  return image.chosen ?? (image.router === 'user' ? image.routed : null);
}

/** How the technique came about. */
export function surenessOf(image: ReportImage): HTMLElement[] {
  const chosen = chosenOf(image);
  const lines: HTMLElement[] = [];
  if (chosen !== null) {
    const known = image.router !== 'user' && image.routed !== null;
    const agrees = image.routed === chosen ? ', as the router says' : `; the router says ${image.routed}`;
    lines.push(h('p', {}, `${chosen}, chosen manually${known ? agrees : ''}`));
  } else if (typeof image.risk === 'number') {
    lines.push(h('p', { class: 'headroom-sure' }, `${image.technique}; ${risk(image.risk)} risk of losing the answer`));
  } else if (image.confidence !== null) {
    const words = `${image.technique}; the router is ${percent(image.confidence)} sure of ${image.routed}`;
    lines.push(h('p', { class: 'headroom-sure' }, words));
  }
  return lines;
}
