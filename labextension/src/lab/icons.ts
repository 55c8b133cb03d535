/** The extension's icons, in the current text colour. */

import { LabIcon } from '@jupyterlab/ui-components';

/** An image in a frame that it does not fill. */
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16">
  <g class="jp-icon3" stroke="currentColor" stroke-width="1.2" style="fill: none">
    <rect x="1.6" y="1.6" width="12.8" height="12.8" rx="1.5" stroke-dasharray="2.2 1.6"/>
    <rect x="1.6" y="6.6" width="7.8" height="7.8" rx="1"/>
    <path d="m10.4 5.6 2.2-2.2m-2 0h2v2"/>
  </g>
</svg>`;

export const headroomIcon = new LabIcon({ name: 'headroom:icon', svgstr: PICTURE });
