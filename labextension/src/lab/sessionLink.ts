/**
 * The line to `headroom_nb` in a notebook's kernel: a comm, opened once the package is loaded there.
 *
 * Whether it is loaded is asked without a trace, when a kernel starts or is met, and after a cell ran that names it.
 */

import type { ISessionContext } from '@jupyterlab/apputils';
import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';
import { mentionsHeadroom } from './cellSource';
import { readState, type SessionState } from './sessionState';
import { COMM_TARGET } from './tokens';

const IS_LOADED = `'headroom_nb.notebook.session_comm' in __import__('sys').modules`;
const LOAD = `__import__('headroom_nb').load_ipython_extension(get_ipython())`;
const LANGUAGE = 'python';

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

/** The line to one notebook's kernel. */
class KernelLink {
  constructor(
    private readonly context: ISessionContext,
    private readonly changed: () => void
  ) {
    context.kernelChanged.connect(() => {
      this.drop();
      void this.connect();
    });
    context.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting' || status === 'terminating' || status === 'dead') {
        this.drop();
      }
    });
    context.disposed.connect(() => {
      this.drop();
    });
    void this.connect();
  }

  get state(): SessionState | null {
    return this.current;
  }

  /** Open the comm if the package is loaded and none is open. */
  async connect(): Promise<void> {
    await this.context.ready;
    const kernel = this.context.session?.kernel ?? null;
    if (kernel === null || this.comm !== null || this.asking || !kernel.handleComms) {
      return;
    }
    this.asking = true;
    try {
      if (await isLoaded(kernel)) {
        this.open(kernel);
      }
    } finally {
      this.asking = false;
    }
  }

  async load(): Promise<void> {
    const kernel = this.context.session?.kernel ?? null;
    if (kernel !== null && (await isPython(kernel))) {
      await kernel.requestExecute({ code: LOAD, silent: true, store_history: false }).done;
      await this.connect();
    }
  }

  async toggleAuto(): Promise<SessionState> {
    await this.load();
    const { comm } = this;
    if (comm === null) {
      throw new Error('headroom_nb is not installed where this notebook’s kernel runs, or there is no kernel.');
    }
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      comm.send({ do: 'toggle-auto' });
    });
  }

  private open(kernel: Kernel.IKernelConnection): void {
    const comm = kernel.createComm(COMM_TARGET);
    this.comm = comm;
    comm.onMsg = ({ content }: KernelMessage.ICommMsgMsg) => {
      const state = this.comm === comm ? readState(content.data) : null;
      if (state === null) {
        return;
      }
      this.current = state;
      this.changed();
      if (state.said !== '') {
        this.waiting?.resolve(state);
        this.waiting = null;
      }
    };
    comm.onClose = () => {
      if (this.comm === comm) {
        this.drop();
      }
    };
    comm.open();
  }

  /** Forget the comm, which has ended with its kernel. */
  private drop(): void {
    const { comm, waiting, current } = this;
    this.comm = this.waiting = this.current = null;
    waiting?.reject(new Error('The kernel has stopped.'));
    if (comm !== null && !comm.isDisposed) {
      comm.dispose();
    }
    if (current !== null) {
      this.changed();
    }
  }

  private comm: Kernel.IComm | null = null;
  private current: SessionState | null = null;
  private asking = false;
  private waiting: { resolve: (state: SessionState) => void; reject: (error: Error) => void } | null = null;
}

async function isPython(kernel: Kernel.IKernelConnection): Promise<boolean> {
  return (await kernel.info).language_info.name === LANGUAGE;
}

async function isLoaded(kernel: Kernel.IKernelConnection): Promise<boolean> {
  if (!(await isPython(kernel))) {
    return false;
  }
  const asked = { code: '', silent: true, store_history: false, user_expressions: { loaded: IS_LOADED } };
  const { content } = await kernel.requestExecute(asked).done;
  const answer: unknown = content.status === 'ok' ? content.user_expressions.loaded : null;
  return JSON.stringify(answer ?? null).includes('"text/plain":"True"');
}
