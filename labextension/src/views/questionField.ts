/** A field for an image's question: Enter asks, Escape takes back; the buttons show while the words differ. */

import { h } from './dom';

export interface QuestionField {
  readonly element: HTMLElement;
  /** Show a question; what a person has typed and not yet asked is kept. */
  update(question: string, label: string): void;
  /** The last question could not be asked: offer it again. */
  failed(): void;
}

/** Return a field that calls `ask` with a new question. */
export function questionField(ask: (question: string) => void, signal: AbortSignal): QuestionField {
  const field = h('textarea', { class: 'headroom-field', rows: 2, dir: 'auto', placeholder: 'no question' });
  const go = h('button', { type: 'button', class: 'headroom-button headroom-primary' }, 'Route again');
  const back = h('button', { type: 'button', class: 'headroom-button' }, 'Undo');
  const buttons = h('div', { class: 'headroom-field-buttons', hidden: true }, go, back);
  const element = h('div', { class: 'headroom-field-box' }, field, buttons);
  let given = '';
  let reported = '';

  const differs = (): boolean => field.value.trim() !== given.trim();
  const refresh = (): void => {
    buttons.hidden = !differs();
  };
  const send = (): void => {
    if (differs()) {
      given = field.value.trim();
      refresh();
      field.focus();
      ask(given);
    }
  };
  const undo = (): void => {
    field.value = given;
    refresh();
    field.focus();
  };
  field.addEventListener('input', refresh, { signal });
  field.addEventListener(
    'keydown',
    event => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        send();
      } else if (event.key === 'Escape' && differs()) {
        event.stopPropagation();
        undo();
      }
    },
    { signal }
  );
  go.addEventListener('click', send, { signal });
  back.addEventListener('click', undo, { signal });

  return {
    element,
    update(question, label) {
      const typed = differs();
      given = reported = question;
      if (!typed) {
        field.value = question;
      }
      field.setAttribute('aria-label', label);
      refresh();
    },
    failed() {
      given = reported;
      refresh();
    }
  };
}
