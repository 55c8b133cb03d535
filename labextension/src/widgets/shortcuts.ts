/**
 * Keys pressed in a widget are not for the notebook.
 *
 * JupyterLab looks for `data-lm-suppress-shortcuts` from the focused element upwards, but stops at the first element that a
 * shortcut fits, and the notebook's fit the focused one. So it must stand there, before the page hears the key. With Ctrl or
 * Cmd a key is the host's, so that saving works everywhere, but for those that edit text or copy what is selected.
 */

const ATTRIBUTE = 'data-lm-suppress-shortcuts';
const EDITING = /^([acvxyz]|Arrow.+|Backspace|Delete|End|Enter|Home)$/i;

/** Keep these keys from the host's shortcuts while the focus is inside. */
export function keepKeys(root: HTMLElement, signal: AbortSignal): void {
  window.addEventListener(
    'keydown',
    event => {
      if (event.target instanceof Element && root.contains(event.target)) {
        const forHost = (event.ctrlKey || event.metaKey) && !EDITING.test(event.key);
        event.target.toggleAttribute(ATTRIBUTE, !forHost);
      }
    },
    { capture: true, signal }
  );
}
