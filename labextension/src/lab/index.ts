/** Wires the contributions; each lives in a module of its own. Every token of the host is optional. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { addFileCommands } from './fileCommands';
import { SettingsSource } from './settings';
import { CommandId, ISettings, PluginId } from './tokens';

const CATEGORY = 'Headroom';

const settings: JupyterFrontEndPlugin<SettingsSource> = {
  id: PluginId.settings,
  description: 'Settings of Headroom.',
  autoStart: true,
  provides: ISettings,
  optional: [ISettingRegistry],
  activate: (_: JupyterFrontEnd, registry: ISettingRegistry | null) => new SettingsSource(registry)
};

const files: JupyterFrontEndPlugin<void> = {
  id: PluginId.files,
  description: 'Costs of pictures, and smaller copies, from the file browser.',
  autoStart: true,
  requires: [ISettings],
  optional: [IFileBrowserFactory, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    source: SettingsSource,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null
  ) => {
    if (browsers !== null) {
      addFileCommands(app, browsers, source);
      for (const command of [CommandId.estimate, CommandId.smallerCopy]) {
        palette?.addItem({ command, category: CATEGORY });
      }
    }
  }
};

export default [settings, files];
