/** What the kernels of notebooks say of their sessions; each notebook has a line of its own. */

import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';
import { mentionsHeadroom } from './cellSource';
import { KernelLink } from './kernelLink';
import type { SessionState } from './sessionState';

/** What the kernel of the notebook in front says. */
export class SessionLink {
  constructor(private readonly tracker: INotebookTracker) {
    tracker.forEach(panel => {
      this.linkOf(panel);
    });
    tracker.widgetAdded.connect((_, panel) => {
      this.linkOf(panel);
    });
    tracker.currentChanged.connect(() => {
      this.signal.emit();
    });
    NotebookActions.executed.connect((_, { notebook, cell }) => {
      const panel = tracker.find(candidate => candidate.content === notebook);
      if (panel !== undefined && mentionsHeadroom(cell.model.sharedModel.getSource())) {
        void this.linkOf(panel).connect();
      }
    });
  }

  /** The state of the session in front; null where there is none. */
  get state(): SessionState | null {
    const panel = this.tracker.currentWidget;
    return panel === null ? null : this.linkOf(panel).state;
  }

  /** Told of another state, or another notebook in front. */
  get changed(): ISignal<this, void> {
    return this.signal;
  }

  /** Switch automatic compression in a notebook's kernel; resolves to what the kernel says. Rejects with a sentence. */
  async toggleAuto(panel: NotebookPanel): Promise<SessionState> {
    return this.linkOf(panel).toggleAuto();
  }

  /** Load the magics in a notebook's kernel; nothing is shown, and nothing happens where the package is missing. */
  async load(panel: NotebookPanel): Promise<void> {
    return this.linkOf(panel).load();
  }

  private linkOf(panel: NotebookPanel): KernelLink {
    const found = this.links.get(panel);
    if (found !== undefined) {
      return found;
    }
    const link = new KernelLink(panel.sessionContext, () => {
      if (this.tracker.currentWidget === panel) {
        this.signal.emit();
      }
    });
    this.links.set(panel, link);
    return link;
  }

  private readonly links = new WeakMap<NotebookPanel, KernelLink>();
  private readonly signal = new Signal<this, void>(this);
}
