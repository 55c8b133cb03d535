/** Images of files and folders, with no more read of each than its header takes. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection, type Contents } from '@jupyterlab/services';
import { countEncoded, uncountedPdf, type Counted } from '../estimate/counted';
import { imagesOfDocument, imagesOfLines } from '../estimate/messages';
import { picturesOfNotebook } from '../estimate/notebooks';
import { BrokenPicture, MORE, PREFIX_BYTES, readHeader } from '../pictures/header';
import { fileKind, type Entry, type FileKind } from './fileKinds';
import { BEGINNINGS_ADDRESS } from './ids';

/** Requests under way at the same time; browsers open six connections to a server. */
const AT_ONCE = 6;

/** First bytes asked for: enough for all but photographs with large previews inside. */
const FIRST_BYTES = 4096;

/** The first bytes of a file, and whether they are all. */
interface Beginning {
  readonly data: Uint8Array;
  readonly whole: boolean;
}

/** An image as the server tells of it; the first bytes as base64. */
interface Begun {
  readonly name: string;
  readonly size: number;
  readonly start: string;
}

/** Reads what the file browser lists. */
export class Files {
  constructor(private readonly contents: Contents.IManager) {}

  /** Return the images of entries in their order; folders give the images directly inside them. */
  async count(entries: readonly Entry[], signal: AbortSignal): Promise<Counted[]> {
    const many = entries.length > 1;
    const found = await mapAtOnce(entries, AT_ONCE, entry => this.read(entry, signal));
    return found.flatMap((pictures, index) => {
      const name = entries[index]?.name ?? '';
      return many ? pictures.map(picture => ({ ...picture, label: joined(name, picture.label) })) : pictures;
    });
  }

  /** Return a whole file. */
  async blob(path: string, signal: AbortSignal): Promise<Blob> {
    return (await this.request(path, {}, signal)).blob();
  }

  /** The images of a folder: from the server in one go where it can, else one by one. */
  async folder(folder: Entry, signal: AbortSignal): Promise<Counted[]> {
    const begun = await this.beginnings(folder, signal);
    if (begun !== null) {
      return mapAtOnce(begun, AT_ONCE, ({ name, size, start }) => {
        const file = { name, path: joinedPath(folder.path, name), type: 'file' };
        const data = Uint8Array.from(atob(start), character => character.charCodeAt(0));
        return this.header(file, signal, { data, whole: data.length >= size });
      });
    }
    const { content } = (await this.contents.get(folder.path, { content: true })) as { content: readonly Entry[] };
    const files = content.filter(entry => fileKind(entry) === 'picture');
    return mapAtOnce(files, AT_ONCE, file => this.header(file, signal));
  }

  /** Names and first bytes of a folder's images; null where the server has no such answer. */
  private async beginnings(folder: Entry, signal: AbortSignal): Promise<readonly Begun[] | null> {
    const settings = this.contents.serverSettings;
    if (this.contents.driveName(folder.path) !== '') {
      return null;
    }
    const query = URLExt.objectToQueryString({ folder: this.contents.localPath(folder.path) });
    const url = URLExt.join(settings.baseUrl, BEGINNINGS_ADDRESS) + query;
    const reply = await ServerConnection.makeRequest(url, { signal, cache: 'no-store' }, settings);
    return reply.ok ? ((await reply.json()) as readonly Begun[]) : null;
  }

  private async read(file: Entry, signal: AbortSignal): Promise<Counted[]> {
    const kind = fileKind(file);
    return kind === null ? [] : READERS[kind](this, file, signal);
  }

  /** The size of an image, from its first bytes; what is known of them already is not read again. */
  async header(file: Entry, signal: AbortSignal, known?: Beginning): Promise<Counted> {
    const found = { label: file.name, detail: 'auto' };
    try {
      for (const length of [FIRST_BYTES, PREFIX_BYTES, Infinity]) {
        const begun = length === FIRST_BYTES ? known : undefined;
        const { data, whole } = begun ?? (await this.beginning(file.path, length, signal));
        const header = readHeader(data, whole);
        if (header !== MORE) {
          return { ...found, size: header.size, problem: '' };
        }
      }
      throw new BrokenPicture('The image is cut short.');
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
  private async beginning(path: string, length: number, signal: AbortSignal): Promise<Beginning> {
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

const READERS: Readonly<Record<FileKind, Reader>> = {
  folder: (files, folder, signal) => files.folder(folder, signal),
  picture: async (files, file, signal) => [await files.header(file, signal)],
  pdf: (_, file) => Promise.resolve([uncountedPdf(file.name)]),
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

function joinedPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
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
