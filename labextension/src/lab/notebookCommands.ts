/** The notebook's commands. */

import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { sentence } from '../views/pictures';
import { assignedName, loadsHeadroom, looksLikeMessages } from './cellSource';
import { headroomIcon } from './icons';
import { say } from './notices';
import type { SessionLink } from './sessionLink';
import type { SettingsSource } from './settings';
import { showTab } from './tabs';
import { CommandId } from './ids';

export function addNotebookCommands(
  app: JupyterFrontEnd,
  labShell: ILabShell | null,
  tracker: INotebookTracker,
  link: SessionLink,
  settings: SettingsSource
): void {
  const { commands } = app;
  const activeSource = (): string =>
    tracker.activeCell?.model.type === 'code' ? tracker.activeCell.model.sharedModel.getSource() : '';

  commands.addCommand(CommandId.compressCell, {
    label: 'Compress the Message List in This Cell',
    caption: 'Headroom: compress the message list in this cell',
    icon: headroomIcon,
    isEnabled: () => tracker.currentWidget !== null,
    // The button in the cell's toolbar appears where it has something to do.
    isVisible: ({ toolbar }) => toolbar !== true || (settings.isOn('cellButton') && looksLikeMessages(activeSource())),
    execute: async () => {
      const panel = tracker.currentWidget;
      const name = assignedName(activeSource());
      if (panel === null || name === null) {
        say('This cell assigns no variable: select the one with the message list.');
        return;
      }
      await compressBelow(panel, name, link);
    }
  });

  commands.addCommand(CommandId.lastReport, {
    label: 'Open the Last Report',
    icon: headroomIcon,
    isEnabled: () => tracker.currentWidget !== null,
    execute: async () => {
      const panel = tracker.currentWidget;
      if (panel === null) {
        return;
      }
      const { lastReport, reportTab } = await import('./lazy');
      const report = lastReport(panel);
      if (report === null) {
        say('This notebook holds no report yet: run %headroom compress.');
        return;
      }
      const tab = reportTab(report, `Report: ${panel.title.label}`);
      showTab(app, labShell, tab, { mode: 'split-right', ref: panel.id });
    }
  });

  commands.addCommand(CommandId.toggleAuto, {
    label: 'Automatic Compression',
    caption: 'Headroom: compress images in every request of the notebook’s clients',
    isEnabled: () => tracker.currentWidget !== null,
    isToggleable: true,
    isToggled: () => (link.state?.auto ?? 'off') !== 'off',
    execute: async () => {
      const panel = tracker.currentWidget;
      if (panel === null) {
        return;
      }
      try {
        const { said, failed } = await link.toggleAuto(panel);
        say(said, failed ? 'warning' : 'info');
      } catch (error) {
        say(sentence(error), 'warning');
      }
    }
  });

  tracker.activeCellChanged.connect((_, cell) => {
    commands.notifyCommandChanged(CommandId.compressCell);
    cell?.model.contentChanged.connect(refreshButton);
  });
  settings.changed.connect(refreshButton);
  link.changed.connect(() => {
    commands.notifyCommandChanged(CommandId.toggleAuto);
  });

  function refreshButton(): void {
    commands.notifyCommandChanged(CommandId.compressCell);
  }
}

/** What we use of a code cell’s model. */
interface Runnable {
  readonly executionCount: number | null;
  readonly isDirty: boolean;
}

/** Run the magic on a variable in a cell below the active one; a cell that does just that is run again. */
async function compressBelow(panel: NotebookPanel, name: string, link: SessionLink): Promise<void> {
  const { content, sessionContext } = panel;
  const { activeCell } = content;
  await sessionContext.ready;
  if (activeCell === null || sessionContext.session?.kernel == null) {
    say('This notebook has no kernel: choose one first.', 'warning');
    return;
  }
  const isLoaded = loadsHeadroom(Array.from(content.widgets, ({ model }) => model.sharedModel.getSource()));
  if (isLoaded) {
    await link.load(panel);
  }
  const { executionCount, isDirty } = activeCell.model as unknown as Runnable;
  if (executionCount === null || isDirty) {
    content.deselectAll();
    if (!(await NotebookActions.run(content, sessionContext))) {
      return;
    }
  }
  // While it ran, the person may have gone elsewhere, and cells may have been moved or deleted.
  const index = content.widgets.indexOf(activeCell);
  if (index < 0) {
    return;
  }
  const magic = `%headroom compress ${name}`;
  const below = content.widgets[index + 1]?.model;
  content.deselectAll();
  if (below?.type === 'code' && below.sharedModel.getSource().endsWith(magic)) {
    content.activeCellIndex = index + 1;
  } else {
    content.activeCellIndex = index;
    NotebookActions.insertBelow(content);
    // Where the profile loads the magics, a line for it would only say that they are loaded.
    const text = isLoaded || link.state !== null ? magic : `%load_ext headroom_nb\n${magic}`;
    content.activeCell?.model.sharedModel.setSource(text);
  }
  await NotebookActions.run(content, sessionContext);
}
