/** What a command says to the person who gave it: shown at once, and kept in the list of notifications. */

import { Notification } from '@jupyterlab/apputils';

/** Without a time to stay, JupyterLab shows nothing and only counts it. */
const STAYS_MS = 8000;

export function say(sentence: string, type: 'info' | 'warning' = 'info'): void {
  Notification.emit(sentence, type, { autoClose: STAYS_MS });
}
