/** Asks the server for a smaller copy of a file; the original is only read. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection, type Contents } from '@jupyterlab/services';
import { change } from '../report/format';
import { COPY_ADDRESS } from './ids';

/** The server's answer; `path` is null where a copy is not worth it. */
export interface Copied {
  readonly path: string | null;
  readonly before: number;
  readonly after: number;
  readonly note: string;
}

/** Drives whose files are the server’s own: the default one, and the one of shared editing. */
const OWN_DRIVES = ['', 'RTC'];

/** Write a smaller copy beside a file; the server stops, and writes nothing, when `signal` aborts. Rejects with a sentence. */
export async function writeSmallerCopy(
  contents: Contents.IManager,
  path: string,
  model: string,
  signal: AbortSignal
): Promise<Copied> {
  const settings = contents.serverSettings;
  if (!OWN_DRIVES.includes(contents.driveName(path))) {
    throw new Error(`${path} is not on the disk of Jupyter’s server: nothing to copy.`);
  }
  const reply = await ServerConnection.makeRequest(
    URLExt.join(settings.baseUrl, COPY_ADDRESS),
    { method: 'POST', body: JSON.stringify({ path: contents.localPath(path), model }), signal },
    settings
  );
  if (reply.status === 404 && !(reply.headers.get('Content-Type') ?? '').includes('json')) {
    throw new Error('headroom_nb is not running in Jupyter’s server: install it there.');
  }
  const answer: unknown = await reply.json();
  if (!reply.ok) {
    throw new Error(messageOf(answer) ?? `No copy was written (${reply.status}).`);
  }
  return answer as Copied;
}

/** What was done, in one sentence. */
export function copiedSentence(name: string, copied: Copied): string {
  return copied.path === null
    ? `${name} stays as it is: ${copied.note}.`
    : `${copied.path}: ${change(copied.before, copied.after)} image tokens; ${copied.note}.`;
}

function messageOf(answer: unknown): string | null {
  const message = typeof answer === 'object' && answer !== null && 'message' in answer ? answer.message : null;
  return typeof message === 'string' && message !== '' ? message : null;
}
