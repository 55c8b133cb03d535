/** What will be asked of the image, and a button that looks for the part it names. */

import type { Box } from './cropBox';
import { h, on } from './dom';
import { sentence } from './pictures';

/** Where to cut, and the words that say why. */
export interface Region {
  readonly box: Box;
  readonly words: string;
}

export interface RegionActions {
  readonly onQuestion: (question: string) => void;
  readonly onRegion: (box: Box) => void;
}

export interface RegionField {
  readonly element: HTMLElement;
  show(question: string): void;
}

/** Without `find` the field is hidden: nobody could look. */
export function regionField(
  find: ((question: string, signal: AbortSignal) => Promise<Region>) | undefined,
  { onQuestion, onRegion }: RegionActions,
  signal: AbortSignal
): RegionField {
  const field = h('input', { type: 'text', class: 'headroom-field', placeholder: 'What is the total?' });
  const button = h('button', { type: 'submit', class: 'headroom-button' }, 'Find the part');
  const said = h('p', { class: 'headroom-faint', role: 'status' });
  const element = h(
    'form',
    { class: 'headroom-x-region headroom-inline', hidden: find === undefined },
    h('label', {}, h('span', {}, 'Question'), field),
    button,
    said
  );
  on(field, 'change', () => { onQuestion(field.value); }, signal);
  const look = async (): Promise<void> => {
    if (find === undefined || field.value.trim() === '' || button.disabled) {
      return;
    }
    button.disabled = true;
    said.textContent = 'Looking …';
    try {
      const { box, words } = await find(field.value, signal);
      said.textContent = `Found: ${words}`;
      onRegion(box);
    } catch (error) {
      said.textContent = sentence(error);
    } finally {
      button.disabled = false;
    }
  };
  on(
    element,
    'submit',
    event => {
      event.preventDefault();
      void look();
    },
    signal
  );
  return {
    element,
    show(question) {
      if (document.activeElement !== field) {
        field.value = question;
      }
    }
  };
}
