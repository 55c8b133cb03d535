import type { ISessionContext } from '@jupyterlab/apputils';
import { Signal } from '@lumino/signaling';
import { expect, test } from 'vitest';
import { KernelLink } from './kernelLink';

const TOTALS = { conversations: 1, images: 1, original_tokens: 9, compressed_tokens: 4, usd: 0, exact: true };
const LOADED = { status: 'ok', user_expressions: { loaded: { status: 'ok', data: { 'text/plain': 'True' } } } };
const ABORTED = { status: 'aborted' };

/** A comm whose other end is the test. */
class Comm {
  readonly sent: unknown[] = [];
  isDisposed = false;
  onMsg: (message: unknown) => void = () => undefined;

  open(): void {
    this.onMsg({ content: { data: { version: 1, totals: TOTALS, auto: 'off' } } });
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  /** What the kernel answers to a switch. */
  say(said: string): void {
    this.onMsg({ content: { data: { version: 1, totals: TOTALS, auto: 'on', said, failed: false } } });
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

/** A kernel that gives these replies one after the other, the last one again; an error ends it before it replies. */
class Kernel {
  readonly comm = new Comm();
  readonly handleComms = true;
  readonly info = Promise.resolve({ language_info: { name: 'python' } });
  asked = 0;

  constructor(private readonly replies: readonly (object | Error)[]) {}

  requestExecute(): { done: Promise<unknown> } {
    const reply = this.replies[Math.min(this.asked++, this.replies.length - 1)];
    return { done: reply instanceof Error ? Promise.reject(reply) : Promise.resolve({ content: reply }) };
  }

  createComm(): Comm {
    return this.comm;
  }
}

async function linked(kernel: Kernel): Promise<{ link: KernelLink; statusChanged: Signal<object, string> }> {
  const owner = {};
  const statusChanged = new Signal<object, string>(owner);
  const context = {
    ready: Promise.resolve(),
    session: { kernel },
    statusChanged,
    kernelChanged: new Signal<object, unknown>(owner),
    disposed: new Signal<object, unknown>(owner)
  };
  const link = new KernelLink(context as unknown as ISessionContext, () => undefined);
  await settled();
  return { link, statusChanged };
}

async function settled(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve));
}

test('a kernel whose cell failed took the question along, and is asked again', async () => {
  const { link } = await linked(new Kernel([ABORTED, ABORTED, LOADED]));
  expect(link.state?.before).toBe(9);
});

test('a kernel that takes every question along is left alone', async () => {
  const kernel = new Kernel([ABORTED]);
  const { link } = await linked(kernel);
  expect(link.state).toBeNull();
  expect(kernel.asked).toBe(5);
});

test('a kernel that ends while it is asked is no error, and may be asked again', async () => {
  const { link } = await linked(new Kernel([new Error('Canceled future'), LOADED]));
  expect(link.state).toBeNull();
  await link.connect();
  expect(link.state?.before).toBe(9);
});

test('each press of the switch gets its own answer', async () => {
  const kernel = new Kernel([LOADED]);
  const { link } = await linked(kernel);
  const presses = [link.toggleAuto(), link.toggleAuto()];
  await settled();
  expect(kernel.comm.sent).toHaveLength(2);
  kernel.comm.say('on');
  kernel.comm.say('off');
  expect((await Promise.all(presses)).map(({ said }) => said)).toEqual(['on', 'off']);
});

test('a kernel that stops answers nobody any more', async () => {
  const kernel = new Kernel([LOADED]);
  const { link, statusChanged } = await linked(kernel);
  const press = link.toggleAuto();
  await settled();
  statusChanged.emit('restarting');
  await expect(press).rejects.toThrow('The kernel has stopped.');
  expect(kernel.comm.isDisposed).toBe(true);
  expect(link.state).toBeNull();
});
