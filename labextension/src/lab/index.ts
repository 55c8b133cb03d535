/** Wires the contributions; each lives in a module of its own. Every token of the host is optional. */

import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { addBillPanel } from './billPanel';
import { addFileCommands } from './fileCommands';
import { addNotebookCommands } from './notebookCommands';
import { SessionLink } from './sessionLink';
import { SettingsSource } from './settings';
import { addStatusItem } from './statusItem';
import { CommandId, PluginId } from './ids';
import { ISessionLink, ISettings } from './tokens';
import { addWidgetFallback } from './widgetFallback';

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
  description: 'Costs of images, and smaller copies, from the file browser.',
  autoStart: true,
  requires: [ISettings],
  optional: [IFileBrowserFactory, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    source: SettingsSource,
    browsers: IFileBrowserFactory | null,
    labShell: ILabShell | null
  ) => {
    if (browsers !== null) {
      addFileCommands(app, labShell, browsers, source);
    }
  }
};

const session: JupyterFrontEndPlugin<SessionLink | null> = {
  id: PluginId.session,
  description: 'What the kernel in front saved, in the status bar.',
  autoStart: true,
  requires: [ISettings],
  optional: [INotebookTracker, IStatusBar],
  provides: ISessionLink,
  activate: (
    app: JupyterFrontEnd,
    source: SettingsSource,
    tracker: INotebookTracker | null,
    statusBar: IStatusBar | null
  ) => {
    const link = tracker === null ? null : new SessionLink(tracker);
    if (link !== null && statusBar !== null) {
      addStatusItem(app, statusBar, link, source);
    }
    return link;
  }
};

const notebooks: JupyterFrontEndPlugin<void> = {
  id: PluginId.notebooks,
  description: 'Commands for notebooks, and a button on cells.',
  autoStart: true,
  requires: [ISettings, ISessionLink],
  optional: [INotebookTracker, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    source: SettingsSource,
    link: SessionLink | null,
    tracker: INotebookTracker | null,
    labShell: ILabShell | null
  ) => {
    if (tracker !== null && link !== null) {
      addNotebookCommands(app, labShell, tracker, link, source);
    }
  }
};

const bill: JupyterFrontEndPlugin<void> = {
  id: PluginId.bill,
  description: 'A side panel: what the images of the notebook cost.',
  autoStart: true,
  requires: [ISettings],
  optional: [INotebookTracker, ILayoutRestorer],
  activate: async (
    app: JupyterFrontEnd,
    source: SettingsSource,
    tracker: INotebookTracker | null,
    restorer: ILayoutRestorer | null
  ) => {
    if (tracker !== null) {
      await addBillPanel(app, tracker, source, restorer);
    }
  }
};

const palette: JupyterFrontEndPlugin<void> = {
  id: PluginId.palette,
  description: 'Headroom in the command palette.',
  autoStart: true,
  optional: [ICommandPalette],
  activate: (_: JupyterFrontEnd, commands: ICommandPalette | null) => {
    for (const command of Object.values(CommandId)) {
      commands?.addItem({ command, category: 'Headroom' });
    }
  }
};

const widgets: JupyterFrontEndPlugin<void> = {
  id: PluginId.widgets,
  description: 'Reports and tables in place of widgets without a kernel.',
  autoStart: true,
  optional: [INotebookTracker],
  activate: (_: JupyterFrontEnd, tracker: INotebookTracker | null) => {
    if (tracker !== null) {
      addWidgetFallback(tracker);
    }
  }
};

export default [settings, files, session, notebooks, bill, palette, widgets];
