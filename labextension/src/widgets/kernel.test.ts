import type { AnyModel } from '@anywidget/types';
import { expect, test, vi } from 'vitest';
import { ask, heedKernel } from './kernel';

type Handler = (message: unknown, buffers: DataView[]) => void;
type Reply = (content: Record<string, unknown>, say: Handler) => void;

interface Stub {
  readonly model: AnyModel;
  readonly handlers: ReadonlyMap<unknown, unknown>;
  readonly sent: readonly Record<string, unknown>[];
  /** The host says that the kernel starts anew. */
  readonly restart: () => void;
}

/** A model whose kernel answers as told. */
function kernel(reply: Reply): Stub {
  const events = new Map<Handler, string>();
  const sent: Record<string, unknown>[] = [];
  const fire =
    (event: string): Handler =>
    (message, buffers) => {
      for (const handler of [...events].flatMap(([handler, name]) => (name === event ? [handler] : []))) {
        handler(message, buffers);
      }
    };
  const model = {
    on: (event: string, handler: Handler) => events.set(handler, event),
    off: (_: string, handler: Handler) => events.delete(handler),
    send: (content: Record<string, unknown>) => {
      sent.push(content);
      reply(content, fire('msg:custom'));
    }
  };
  const restart = (): void => {
    fire('comm_live_update')(null, []);
  };
  return { model: model as unknown as AnyModel, handlers: events, sent, restart };
}

const open = (): AbortSignal => new AbortController().signal;

test('an answer comes with its bytes, and nobody listens on', async () => {
  const { model, handlers } = kernel(({ id }, say) => {
    say({ id: 'another', answer: 1, count: 0 }, []);
    say({ id, answer: { kind: 'x' }, count: 1 }, [new DataView(Uint8Array.of(1, 2, 3).buffer)]);
  });
  const { data, blobs } = await ask<{ kind: string }>(model, 'picture', {}, { signal: open() });
  expect(data).toEqual({ kind: 'x' });
  expect(blobs.map(blob => [...blob])).toEqual([[1, 2, 3]]);
  expect(handlers.size).toBe(0);
});

test('a host that loses buffers is asked once more, for text', async () => {
  const { model, sent } = kernel(({ id, base64 }, say) => {
    say({ id, answer: {}, count: 1, ...(base64 === true ? { blobs: [btoa('ab')] } : {}) }, []);
  });
  const { blobs } = await ask(model, 'picture', {}, { signal: open() });
  expect(new TextDecoder().decode(blobs[0])).toBe('ab');
  expect(sent).toHaveLength(2);
});

test('an error is its sentence', async () => {
  const { model } = kernel(({ id }, say) => {
    say({ id, error: 'No region stands out.', count: 0 }, []);
  });
  await expect(ask(model, 'region', {}, { signal: open() })).rejects.toThrow('No region stands out.');
});

test('a kernel that says nothing is given up after a while', async () => {
  vi.useFakeTimers();
  const { model, handlers } = kernel(() => undefined);
  const asked = expect(ask(model, 'text', {}, { signal: open(), patience: 5000 })).rejects.toThrow('within 5 s');
  await vi.advanceTimersByTimeAsync(5001);
  await asked;
  expect(handlers.size).toBe(0);
  vi.useRealTimers();
});

test('closing the view ends the wait', async () => {
  const controller = new AbortController();
  const { model, handlers } = kernel(() => undefined);
  const asked = ask(model, 'text', {}, { signal: controller.signal });
  controller.abort();
  await expect(asked).rejects.toThrow('closed');
  expect(handlers.size).toBe(0);
});

test('a kernel that starts anew is not waited for, now or later', async () => {
  const { model, handlers, sent, restart } = kernel(() => undefined);
  const closing = new AbortController();
  heedKernel(model, closing.signal);
  const asked = ask(model, 'text', {}, { signal: open() });
  restart();
  await expect(asked).rejects.toThrow('run the cell again');
  await expect(ask(model, 'text', {}, { signal: open() })).rejects.toThrow('run the cell again');
  expect(sent).toHaveLength(1);
  closing.abort();
  expect(handlers.size).toBe(0);
});
