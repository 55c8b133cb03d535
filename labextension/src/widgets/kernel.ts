/**
 * Questions to the kernel, each answered by one message.
 *
 *     const { data, blobs } = await ask<Facts>(model, 'text', {}, { signal });
 *
 * Bytes come as binary buffers; a host that loses them is asked again for base64. See `headroom_nb/widgets/base.py`.
 */

import type { AnyModel } from '@anywidget/types';

import { atEnd } from '../views/dom';

export interface Answer<Data> {
  readonly data: Data;
  readonly blobs: readonly Uint8Array<ArrayBuffer>[];
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Milliseconds after which a sentence says that nobody answered. */
  readonly patience?: number;
}

interface Reply {
  readonly id?: string;
  readonly answer?: unknown;
  readonly error?: string;
  readonly count?: number;
  readonly blobs?: readonly string[];
}

const PATIENCE = 30_000;
const GONE = 'The kernel was started anew: run the cell again.';

/** What JupyterLab says once when a kernel starts anew, and nobody is there any more to answer. */
const LOST_KERNEL = 'comm_live_update';
const gone = new WeakSet<AnyModel>();

/** Other pages may show the same model: their answers are heard here, too. */
const PAGE = Math.random().toString(36).slice(2);
let asked = 0;

/** Remember when the kernel starts anew, so that no later question waits in vain. */
export function heedKernel(model: AnyModel, signal: AbortSignal): void {
  const hear = (): void => {
    gone.add(model);
  };
  model.on(LOST_KERNEL, hear);
  atEnd(signal, () => {
    model.off(LOST_KERNEL, hear);
  });
}

/** Ask the kernel; rejects with a sentence when it cannot answer, does not, or the signal aborts. */
export async function ask<Data>(
  model: AnyModel,
  name: string,
  content: Readonly<Record<string, unknown>>,
  options: AskOptions
): Promise<Answer<Data>> {
  const first = await askOnce<Data>(model, { ...content, ask: name }, options);
  return first ?? (await askOnce<Data>(model, { ...content, ask: name, base64: true }, options)) ?? lost();
}

function lost(): never {
  throw new Error('The kernel’s answer lost its bytes on the way.');
}

/** Resolve to null where the host lost the buffers. */
function askOnce<Data>(
  model: AnyModel,
  content: Readonly<Record<string, unknown>>,
  { signal, patience = PATIENCE }: AskOptions
): Promise<Answer<Data> | null> {
  const id = `${PAGE}-${++asked}`;
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      model.off('msg:custom', hear);
      model.off(LOST_KERNEL, lose);
      signal.removeEventListener('abort', close);
    };
    const fail = (sentence: string) => (): void => {
      end();
      reject(new Error(sentence));
    };
    const close = fail('The view was closed.');
    const lose = fail(GONE);
    const late = fail(`The kernel did not answer within ${Math.round(patience / 1000)} s: it is busy, or gone.`);
    const timer = setTimeout(late, patience);
    const hear = (message: unknown, buffers: readonly DataView[] | undefined): void => {
      const reply = message as Reply | null;
      if (reply?.id !== id) {
        return;
      }
      if (reply.error !== undefined) {
        fail(reply.error)();
        return;
      }
      end();
      const blobs = reply.blobs?.map(fromBase64) ?? (buffers ?? []).map(fromView);
      resolve(blobs.length < (reply.count ?? 0) ? null : { data: reply.answer as Data, blobs });
    };
    if (signal.aborted) {
      close();
      return;
    }
    if (gone.has(model)) {
      lose();
      return;
    }
    signal.addEventListener('abort', close);
    model.on('msg:custom', hear);
    model.on(LOST_KERNEL, lose);
    model.send({ ...content, id });
  });
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0));
}

function fromView(view: DataView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer);
}
