/** A widget's model without a kernel: answers are given by the test. */

import type { AnyModel } from '@anywidget/types';

type Handler = (...values: never[]) => void;

export interface StubModel {
  readonly model: AnyModel;
  readonly sent: Record<string, unknown>[];
  /** Answer the question sent last, or the one at a place. */
  readonly answer: (
    content: Record<string, unknown>,
    blobs?: readonly Uint8Array<ArrayBuffer>[],
    place?: number
  ) => void;
  readonly set: (name: string, value: unknown) => void;
  /** How many listeners there are. */
  readonly listeners: () => number;
}

/** Return a model with these traits. */
export function stubModel(traits: Record<string, unknown>): StubModel {
  const handlers = new Map<string, Set<Handler>>();
  const sent: Record<string, unknown>[] = [];
  const fire = (event: string, ...values: unknown[]): void => {
    for (const handler of [...(handlers.get(event) ?? [])]) {
      (handler as (...values: unknown[]) => void)(...values);
    }
  };
  const model = {
    get: (name: string) => traits[name],
    on(event: string, handler: Handler) {
      const known = handlers.get(event) ?? new Set();
      handlers.set(event, known.add(handler));
    },
    off(event: string, handler: Handler) {
      handlers.get(event)?.delete(handler);
    },
    send(content: Record<string, unknown>) {
      sent.push(content);
    }
  };
  return {
    model: model as unknown as AnyModel,
    sent,
    answer(content, blobs = [], place = sent.length - 1) {
      const views = blobs.map(blob => new DataView(blob.buffer));
      fire('msg:custom', { id: sent[place]?.id, count: blobs.length, ...content }, views);
    },
    set(name, value) {
      traits[name] = value;
      fire(`change:${name}`);
    },
    listeners: () => [...handlers.values()].reduce((total, known) => total + known.size, 0)
  };
}
