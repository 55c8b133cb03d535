/**
 * Shows what a widget's output carries beside it where the widget itself is gone: a notebook that was opened again.
 *
 * Jupyter's widget manager then leaves one line, “Error displaying widget: model not found”, or waits for a kernel. Where
 * the output is one of ours, its report or its table is put there instead; a widget that comes back later takes its place.
 */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { Panel, Widget } from '@lumino/widgets';
import { REPORT_MIME } from './reportType';

const LOST = 'Error displaying widget';
const WAITING = 'Loading widget';

/** Milliseconds that a widget may take to appear, and between two looks. */
const PATIENCE = 2500;
const PACE = 250;

/** What stands in the HTML of our outputs. */
const OURS = 'headroom-nb';

/** Watch every notebook. */
export function addWidgetFallback(tracker: INotebookTracker): void {
  tracker.forEach(watch);
  tracker.widgetAdded.connect((_, panel) => {
    watch(panel);
  });
}

function watch(panel: NotebookPanel): void {
  let due: ReturnType<typeof setTimeout> | undefined;
  const since = new WeakMap<Element, number>();
  const look = (): void => {
    due = undefined;
    for (const node of panel.content.node.querySelectorAll('.jp-OutputArea-output')) {
      const words = node.firstElementChild === null ? node.textContent : '';
      if (words.startsWith(LOST)) {
        void replace(panel, node);
      } else if (words.startsWith(WAITING)) {
        const first = since.get(node) ?? Date.now();
        since.set(node, first);
        if (Date.now() - first >= PATIENCE) {
          void replace(panel, node);
        } else {
          soon();
        }
      }
    }
  };
  const soon = (): void => {
    due ??= setTimeout(look, PACE);
  };
  const observer = new MutationObserver(soon);
  observer.observe(panel.content.node, { childList: true, subtree: true });
  panel.disposed.connect(() => {
    observer.disconnect();
    clearTimeout(due);
  });
  soon();
}

async function replace(panel: NotebookPanel, node: Element): Promise<void> {
  const found = outputOf(panel, node);
  const mimeType = found === null ? null : richest(found.model.data);
  if (found === null || mimeType === null) {
    return;
  }
  const renderer = panel.content.rendermime.createRenderer(mimeType);
  node.textContent = '';
  node.classList.remove('jupyter-widgets');
  found.place.addWidget(renderer);
  await renderer.renderModel(found.model);
}

/** Return what of our output can be drawn without its widget; null where it is not ours. */
function richest(data: IRenderMime.IMimeModel['data']): string | null {
  if (data[REPORT_MIME] !== undefined) {
    return REPORT_MIME;
  }
  const html = data['text/html'];
  return typeof html === 'string' && html.includes(OURS) ? 'text/html' : null;
}

/** What we use of a code cell. */
interface WithOutputs {
  readonly outputArea: {
    readonly widgets: readonly Widget[];
    readonly model: { get(index: number): IRenderMime.IMimeModel };
  };
}

interface Output {
  readonly model: IRenderMime.IMimeModel;
  readonly place: Panel;
}

function outputOf(panel: NotebookPanel, node: Element): Output | null {
  for (const cell of panel.content.widgets) {
    if (cell.node.contains(node) && 'outputArea' in cell) {
      const area = (cell as unknown as WithOutputs).outputArea;
      const index = area.widgets.findIndex(child => child.node.contains(node));
      const place = [...(area.widgets[index]?.children() ?? [])].find(child => child.node === node);
      return index < 0 || place === undefined ? null : { model: area.model.get(index), place: place as Panel };
    }
  }
  return null;
}
