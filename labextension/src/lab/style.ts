/** The extension's styles, put into the page with the first view. */

import css from 'headroom:style';

const ID = 'headroom-style';

export function addStyle(): void {
  if (document.getElementById(ID) === null) {
    const element = document.createElement('style');
    element.id = ID;
    element.textContent = css;
    document.head.append(element);
  }
}
