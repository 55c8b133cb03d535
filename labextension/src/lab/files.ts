/** Pictures of files and folders, with no more read of each than its header takes. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection, type Contents } from '@jupyterlab/services';
import { countEncoded, type Counted } from '../estimate/counted';
import { imagesOfDocument, imagesOfLines } from '../estimate/messages';
import { picturesOfNotebook } from '../estimate/notebooks';
import { BrokenPicture, MORE, PREFIX_BYTES, readHeader } from '../pictures/header';
import { fileKind, type Entry, type FileKind } from './fileKinds';

/** Requests under way at the same time; browsers open six connections to a server. */
const AT_ONCE = 6;

/** First bytes asked for: enough for all but photographs with large previews inside. */
const FIRST_BYTES = 4096;

/** Reads what the file browser lists. */
export class Files {
  constructor(private readonly contents: Contents.IManager) {}

  /** Return the pictures of entries in their order; folders give the pictures directly inside them. */
  async count(entries: readonly Entry[], signal: AbortSignal): Promise<Counted[]> {
    const files: Entry[] = [];
    for (const entry of entries) {
      files.push(...(fileKind(entry) === 'folder' ? await this.picturesOf(entry) : [entry]));
    }
    const many = files.length > 1;
    const found = await mapAtOnce(files, AT_ONCE, file => this.read(file, signal));
    return found.flatMap((pictures, index) => {
      const name = files[index]?.name ?? '';
      return many ? pictures.map(picture => ({ ...picture, label: joined(name, picture.label) })) : pictures;
    });
  }

  /** Return a whole file. */
  async blob(path: string, signal: AbortSignal): Promise<Blob> {
    return (await this.request(path, {}, signal)).blob();
  }

  private async picturesOf(folder: Entry): Promise<Entry[]> {
    const listed = (await this.contents.get(folder.path, { content: true })) as { content: Entry[] };
    return listed.content.filter(entry => fileKind(entry) === 'picture');
  }

  private async read(file: Entry, signal: AbortSignal): Promise<Counted[]> {
    const kind = fileKind(file);
    return kind === null || kind === 'folder' ? [] : READERS[kind](this, file, signal);
  }

  /** The size of a picture, from its first bytes. */
  async header(file: Entry, signal: AbortSignal): Promise<Counted> {
    const found = { label: file.name, detail: 'auto' };
    try {
      for (const length of [FIRST_BYTES, PREFIX_BYTES, Infinity]) {
        const { data, whole } = await this.beginning(file.path, length, signal);
        const header = readHeader(data, whole);
        if (header !== MORE) {
          return { ...found, size: header.size, problem: '' };
        }
      }
      throw new BrokenPicture('The picture is cut short.');
    } catch (error) {
      if (error instanceof BrokenPicture) {
        return { ...found, size: null, problem: error.message };
      }
      throw error;
    }
  }

  async text(file: Entry, signal: AbortSignal): Promise<string> {
    return (await this.request(file.path, {}, signal)).text();
  }

  /** The first bytes of a file. A server that knows no ranges is cut off once they are there. */
  private async beginning(path: string, length: number, signal: AbortSignal): Promise<{ data: Uint8Array; whole: boolean }> {
    if (length === Infinity) {
      const file = await this.blob(path, signal);
      return { data: new Uint8Array(await file.arrayBuffer()), whole: true };
    }
    const reply = await this.request(path, { headers: { Range: `bytes=0-${length - 1}` } }, signal);
    const total = Number(/\/(\d+)$/.exec(reply.headers.get('Content-Range') ?? '')?.[1] ?? NaN);
    const reader = reply.body?.getReader();
    const chunks: Uint8Array[] = [];
    let [held, ended] = [0, reader === undefined];
    while (reader !== undefined && held < length) {
      const { done, value } = await reader.read();
      if (done) {
        ended = true;
        break;
      }
      chunks.push(value);
      held += value.length;
    }
    if (!ended) {
      await reader?.cancel();
    }
    const data = new Uint8Array(held);
    let at = 0;
    for (const chunk of chunks) {
      data.set(chunk, at);
      at += chunk.length;
    }
    return { data, whole: reply.status === 206 ? held >= total : ended };
  }

  private async request(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const settings = this.contents.serverSettings;
    const drive = this.contents.driveName(path);
    const url =
      drive === ''
        ? URLExt.join(settings.baseUrl, 'files', URLExt.encodeParts(this.contents.localPath(path)))
        : await this.contents.getDownloadUrl(path);
    const reply = await ServerConnection.makeRequest(url, { ...init, signal, cache: 'no-store' }, settings);
    if (!reply.ok) {
      throw new BrokenPicture(`The file cannot be read (${reply.status}).`);
    }
    return reply;
  }
}

type Reader = (files: Files, file: Entry, signal: AbortSignal) => Promise<Counted[]>;

const READERS: Readonly<Record<Exclude<FileKind, 'folder'>, Reader>> = {
  picture: async (files, file, signal) => [await files.header(file, signal)],
  notebook: (files, file, signal) => parsed(files, file, signal, text => picturesOfNotebook(JSON.parse(text))),
  messages: (files, file, signal) => parsed(files, file, signal, text => imagesOfDocument(JSON.parse(text))),
  lines: (files, file, signal) => parsed(files, file, signal, imagesOfLines)
};

async function parsed(
  files: Files,
  file: Entry,
  signal: AbortSignal,
  read: (text: string) => Counted[]
): Promise<Counted[]> {
  try {
    return read(await files.text(file, signal));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BrokenPicture) {
      const problem = error instanceof SyntaxError ? `Not JSON: ${error.message}` : error.message;
      return [{ ...countEncoded(file.name, '', 'auto'), problem }];
    }
    throw error;
  }
}

function joined(name: string, label: string): string {
  return name === label ? name : `${name}: ${label}`;
}

async function mapAtOnce<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
