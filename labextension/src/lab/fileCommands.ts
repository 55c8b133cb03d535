/** The file browser's commands. */

import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, Notification } from '@jupyterlab/apputils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { sentence } from '../views/pictures';
import { fileKind, type Entry, type FileKind } from './fileKinds';
import { headroomIcon } from './icons';
import { say } from './notices';
import type { SettingsSource } from './settings';
import { showTab } from './tabs';
import { CommandId } from './ids';

const COPIED: readonly FileKind[] = ['picture', 'pdf', 'notebook', 'messages', 'lines'];

const STAYS_MS = 10_000;

export function addFileCommands(
  app: JupyterFrontEnd,
  labShell: ILabShell | null,
  browsers: IFileBrowserFactory,
  settings: SettingsSource
): void {
  const { commands, serviceManager } = app;
  const selected = (): Entry[] => [...(browsers.tracker.currentWidget?.selectedItems() ?? [])];
  const refresh = (): void => {
    commands.notifyCommandChanged(CommandId.estimate);
    commands.notifyCommandChanged(CommandId.smallerCopy);
  };
  settings.changed.connect(refresh);

  commands.addCommand(CommandId.estimate, {
    label: 'Estimate Vision Tokens',
    caption: 'What the images cost in LLM chat messages',
    icon: headroomIcon,
    isVisible: () => settings.isOn('estimate') && selected().some(entry => fileKind(entry) !== null),
    isEnabled: () => selected().some(entry => fileKind(entry) !== null),
    execute: async () => {
      const entries = selected().filter(entry => fileKind(entry) !== null);
      const { EstimatePanel, Files, titleOf } = await import('./lazy');
      const content = new EstimatePanel(new Files(serviceManager.contents), entries, settings);
      const widget = new MainAreaWidget({ content });
      widget.title.label = titleOf(entries);
      widget.title.caption = `Vision tokens of ${titleOf(entries)}`;
      widget.title.icon = headroomIcon;
      widget.title.closable = true;
      showTab(app, labShell, widget);
      await content.load();
    }
  });

  commands.addCommand(CommandId.smallerCopy, {
    label: 'Compress a Copy',
    caption: 'Write a cheaper copy beside it; the original stays as it is',
    icon: headroomIcon,
    isVisible: () => settings.isOn('smallerCopy') && selected().some(isCopied),
    isEnabled: () => selected().some(isCopied),
    execute: async () => {
      const { copiedSentence, writeSmallerCopy } = await import('./lazy');
      const stop = new AbortController();
      const actions = [{ label: 'Stop', caption: 'Write no copy', callback: (): void => { stop.abort(); } }];
      for (const { path, name } of selected().filter(isCopied)) {
        const told = { autoClose: false, actions } as const;
        const id = Notification.emit(`Compressing a copy of ${name}…`, 'in-progress', told);
        try {
          const copied = await writeSmallerCopy(serviceManager.contents, path, settings.current.model, stop.signal);
          const type = copied.path === null ? 'info' : 'success';
          Notification.update({ id, message: copiedSentence(name, copied), type, autoClose: STAYS_MS, actions: [] });
        } catch (error) {
          if (stop.signal.aborted) {
            say(`No copy of ${name} was written.`); // pressing “Stop” has put the other one away
            break;
          }
          Notification.update({ id, message: sentence(error), type: 'error', actions: [] });
        }
        await browsers.tracker.currentWidget?.model.refresh();
      }
    }
  });
}

function isCopied(entry: Entry): boolean {
  const kind = fileKind(entry);
  return kind !== null && COPIED.includes(kind);
}
