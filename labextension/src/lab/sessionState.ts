/** What a kernel says of its session; read with care, since any program may answer. */

import { tokens, usd } from '../report/format';

export interface SessionState {
  readonly conversations: number;
  readonly images: number;
  readonly before: number;
  readonly after: number;
  readonly usd: number;
  readonly exact: boolean;
  readonly auto: 'on' | 'audit' | 'off';
  /** One sentence after automatic compression was switched; empty otherwise. */
  readonly said: string;
  readonly failed: boolean;
}

const MODES = ['on', 'audit', 'off'] as const;
const MOST_SAID = 500;

/** Return the state in a message, or null where it is none. */
export function readState(message: unknown): SessionState | null {
  const { version, totals, auto, said, failed } = object(message);
  const sums = object(totals);
  const figures = [sums.conversations, sums.images, sums.original_tokens, sums.compressed_tokens, sums.usd];
  if (version !== 1 || !figures.every(figure => Number.isFinite(figure))) {
    return null;
  }
  const [conversations = 0, images = 0, before = 0, after = 0, dollars = 0] = figures as number[];
  return {
    conversations,
    images,
    before,
    after,
    usd: dollars,
    exact: sums.exact === true,
    auto: MODES.find(mode => mode === auto) ?? 'off',
    said: typeof said === 'string' ? said.slice(0, MOST_SAID) : '',
    failed: failed === true
  };
}

/** The status bar's words. */
export function shortText(state: SessionState): string {
  const saved = state.before - state.after;
  const money = state.usd > 0 ? ` · ${usd(state.usd)}` : '';
  const mode = { on: ' (auto)', audit: ' (audit)', off: '' }[state.auto];
  return `Headroom${mode}: ${tokens(saved, state.exact)} tokens${money} saved`;
}

/** The same at length. */
export function longText(state: SessionState): string {
  const { conversations, images, before, after, exact } = state;
  return [
    `In this kernel’s session: ${tokens(before)} → ${tokens(after, exact)} image tokens`,
    `${counted(images, 'image')} in ${counted(conversations, 'conversation')}`,
    `Automatic compression is ${state.auto === 'audit' ? 'on, as an audit' : state.auto}`
  ].join('\n');
}

function counted(count: number, noun: string): string {
  return `${tokens(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
