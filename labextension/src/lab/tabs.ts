/** Where a view of its own is put. */

import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Widget } from '@lumino/widgets';

let shown = 0;

/** Show a widget in a tab; a front end whose pages hold one document gets it at the side. */
export function showTab(
  app: JupyterFrontEnd,
  labShell: ILabShell | null,
  widget: Widget,
  options: DocumentRegistry.IOpenOptions = {}
): void {
  widget.id = `headroom-tab-${++shown}`;
  if (labShell === null) {
    app.shell.add(widget, 'right', { rank: 1 });
  } else {
    labShell.add(widget, 'main', options);
  }
  app.shell.activateById(widget.id);
}
