/** A field for an image's question: Enter asks, Escape takes back; the buttons show while the words differ. */

import { button, h, on, set } from './dom';

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
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && differs()) {
      event.stopPropagation();
      undo();
    }
  };
  on(field, 'input', refresh, signal);
  on(field, 'keydown', key, signal);
  const go = button('Route again', send, signal, { class: 'headroom-primary' });
  const buttons = h('div', { class: 'headroom-inline', hidden: true }, go, button('Undo', undo, signal));
  const element = h('div', {}, field, buttons);

  return {
    element,
    update(question, label) {
      const typed = differs();
      given = reported = question;
      if (!typed) {
        field.value = question;
      }
      set(field, { 'aria-label': label });
      refresh();
    },
    failed() {
      given = reported;
      refresh();
    }
  };
}
