/** Reports in outputs and in `*.headroom.json` files; works in every front end that takes mime renderers. */

import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ReportRenderer } from './reportRenderer';
import { REPORT_FILE, REPORT_MIME, REPORTS_ID } from './reportType';

const extension: IRenderMime.IExtension = {
  id: REPORTS_ID,
  rendererFactory: { safe: true, mimeTypes: [REPORT_MIME], createRenderer: () => new ReportRenderer() },
  // Before the HTML table that every result carries too.
  rank: 0,
  dataType: 'json',
  fileTypes: [
    {
      name: REPORT_FILE.name,
      displayName: REPORT_FILE.display,
      mimeTypes: [REPORT_MIME],
      extensions: [REPORT_FILE.extension],
      icon: 'headroom:icon'
    }
  ],
  documentWidgetFactoryOptions: {
    name: REPORT_FILE.display,
    primaryFileType: REPORT_FILE.name,
    fileTypes: [REPORT_FILE.name],
    defaultFor: [REPORT_FILE.name]
  }
};

export default extension;
