/** Wires the contributions; each lives in a module of its own. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PluginId } from './tokens';

const settings: JupyterFrontEndPlugin<void> = {
  id: PluginId.settings,
  description: 'Settings of Headroom.',
  autoStart: true,
  activate: () => undefined
};

export default [settings];
