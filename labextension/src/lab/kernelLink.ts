/**
 * The line to `headroom_nb` in a notebook's kernel: a comm, opened once the package is loaded there.
 *
 * Whether it is loaded is asked without a trace, when a kernel starts or is met, and after a cell ran that names it.
 */

import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { readState, type SessionState } from './sessionState';
import { COMM_TARGET } from './ids';

const IS_LOADED = `'headroom_nb.notebook.session_comm' in __import__('sys').modules`;
const LOAD = `__import__('headroom_nb').load_ipython_extension(get_ipython())`;
const LANGUAGE = 'python';

/** A cell that fails takes the requests behind it along; then it is asked again, so often at most. */
const TRIES = 5;

export class KernelLink {
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
    } catch {
      // The kernel ended before it answered; the next one is asked anew.
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
      throw new Error('The notebook has no kernel, or no headroom_nb in it.');
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
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
        this.waiting.shift()?.resolve(state);
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
    const { comm, current } = this;
    this.comm = this.current = null;
    for (const { reject } of this.waiting.splice(0)) {
      reject(new Error('The kernel has stopped.'));
    }
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
  /** Those who switched automatic compression, in the order in which the kernel answers. */
  private readonly waiting: { resolve: (state: SessionState) => void; reject: (error: Error) => void }[] = [];
}

async function isPython(kernel: Kernel.IKernelConnection): Promise<boolean> {
  return (await kernel.info).language_info.name === LANGUAGE;
}

async function isLoaded(kernel: Kernel.IKernelConnection): Promise<boolean> {
  if (!(await isPython(kernel))) {
    return false;
  }
  const asked = { code: '', silent: true, store_history: false, user_expressions: { loaded: IS_LOADED } };
  for (let tried = 0; tried < TRIES; tried++) {
    const { content } = await kernel.requestExecute(asked).done;
    if (content.status === 'ok') {
      return JSON.stringify(content.user_expressions.loaded ?? null).includes('"text/plain":"True"');
    }
  }
  return false;
}
