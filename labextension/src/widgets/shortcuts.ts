/**
 * Keys pressed in a widget are not for the notebook.
 *
 * JupyterLab looks for `data-lm-suppress-shortcuts` from the focused element upwards, but stops at the first element that a
 * shortcut fits, and the notebook's fit the focused one. So it must stand there, before the page hears the key. With Ctrl or
 * Cmd a key is the host's, so that saving works everywhere, but for those that edit text or copy what is selected. Inside a
 * cell JupyterLab also takes undo and line breaks away from what is typed into: it must not hear of them.
 */

const ATTRIBUTE = 'data-lm-suppress-shortcuts';
const EDITING = /^([acvxyz]|Arrow.+|Backspace|Delete|End|Enter|Home)$/i;

/** Keep keys from the host's shortcuts while the focus is inside. */
export function keepKeys(root: HTMLElement, signal: AbortSignal): void {
  const inside = (event: Event): Element | null =>
    event.target instanceof Element && root.contains(event.target) ? event.target : null;
  const first = { capture: true, signal };
  window.addEventListener(
    'keydown',
    event => {
      const forHost = (event.ctrlKey || event.metaKey) && !EDITING.test(event.key);
      inside(event)?.toggleAttribute(ATTRIBUTE, !forHost);
    },
    first
  );
  window.addEventListener(
    'beforeinput',
    event => {
      if (inside(event) !== null) {
        event.stopPropagation();
      }
    },
    first
  );
}
