/** Draws a report where Jupyter shows it; needs no kernel and asks the network for nothing. */

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { REPORT_MIME } from './reportType';

export class ReportRenderer extends Widget implements IRenderMime.IRenderer {
  constructor() {
    super();
    this.addClass('headroom-report');
  }

  /** Draw the model's report, or say why it cannot be drawn; resolves when it stands. */
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.stop.abort();
    this.stop = new AbortController();
    const { signal } = this.stop;
    const { drawReport } = await import('./lazy');
    if (!signal.aborted) {
      this.node.replaceChildren(drawReport(model.data[REPORT_MIME], signal));
    }
  }

  override dispose(): void {
    this.stop.abort();
    super.dispose();
  }

  private stop = new AbortController();
}
