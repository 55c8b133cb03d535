/** Reports in outputs and in `*.headroom.json` files; works in every front end that takes mime renderers. */

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { PluginId, REPORT_MIME } from './tokens';

class ReportRenderer extends Widget implements IRenderMime.IRenderer {
  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.node.textContent = JSON.stringify(model.data[REPORT_MIME]);
    return Promise.resolve();
  }
}

const extension: IRenderMime.IExtension = {
  id: PluginId.reports,
  rendererFactory: { safe: true, mimeTypes: [REPORT_MIME], createRenderer: () => new ReportRenderer() },
  rank: 0,
  dataType: 'json',
  fileTypes: [
    { name: 'headroom-report', displayName: 'Headroom report', mimeTypes: [REPORT_MIME], extensions: ['.headroom.json'] }
  ],
  documentWidgetFactoryOptions: {
    name: 'Headroom report',
    primaryFileType: 'headroom-report',
    fileTypes: ['headroom-report', 'json'],
    defaultFor: ['headroom-report']
  }
};

export default extension;
