/** The last report of a notebook, in a tab of its own. */

import { MainAreaWidget } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import { headroomIcon } from './icons';
import { REPORT_MIME } from './reportType';
import { drawReport } from './reportView';

/** Return the last report in a notebook's outputs, or null. */
export function lastReport(panel: NotebookPanel): unknown {
  let found: unknown = null;
  for (const cell of panel.content.model?.cells ?? []) {
    for (const output of outputsOf(cell.toJSON())) {
      found = output[REPORT_MIME] ?? found;
    }
  }
  return found;
}

/** Return a tab that shows a report. */
export function reportTab(report: unknown, title: string): MainAreaWidget {
  const content = new ReportTab(report);
  const tab = new MainAreaWidget({ content });
  tab.title.label = title;
  tab.title.icon = headroomIcon;
  tab.title.closable = true;
  return tab;
}

class ReportTab extends Widget {
  constructor(report: unknown) {
    super();
    this.addClass('headroom');
    this.addClass('headroom-lab-tab');
    this.node.append(drawReport(report, this.stop.signal));
  }

  override dispose(): void {
    this.stop.abort();
    super.dispose();
  }

  private readonly stop = new AbortController();
}

function outputsOf(cell: unknown): readonly Readonly<Record<string, unknown>>[] {
  const { outputs } = cell as { outputs?: readonly { data?: Readonly<Record<string, unknown>> }[] };
  return (outputs ?? []).flatMap(output => (output.data === undefined ? [] : [output.data]));
}
