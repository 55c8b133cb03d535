/** The images of a message list, a request body or batch lines: found by the shapes of their blocks, in any format. */

import { countEncoded, type Counted } from './counted';

type Json = Readonly<Record<string, unknown>>;

/** An image as it is sent: its base64, or where it is kept. */
interface Sent {
  readonly data: string | null;
  readonly detail: string;
}

const MOST_IMAGES = 10_000;
const BASE64_URI = /^data:image\/[^,]{1,100};base64,/i;

/** How each API writes an image; the first that fits counts. */
const SHAPES: readonly ((block: Json) => Sent | null)[] = [
  // Chat Completions and Responses
  block => {
    const image = block.image_url;
    const nested = object(image);
    const url = nested === null ? image : nested.url;
    return typeof url === 'string' ? addressed(url, text(nested?.detail ?? block.detail)) : null;
  },
  // Messages (Anthropic)
  block => {
    const source = object(block.source);
    return block.type === 'image' && source !== null
      ? { data: source.type === 'base64' ? text(source.data, '') : null, detail: 'auto' }
      : null;
  },
  // generateContent
  block => {
    const inline = object(block.inline_data ?? block.inlineData);
    const kind = text(inline?.mime_type ?? inline?.mimeType, '');
    return inline !== null && kind.startsWith('image/') ? { data: text(inline.data, ''), detail: 'auto' } : null;
  },
  block => {
    const file = object(block.file_data ?? block.fileData);
    const kind = text(file?.mime_type ?? file?.mimeType, '');
    return kind.startsWith('image/') ? { data: null, detail: 'auto' } : null;
  },
  // Converse
  block => {
    const source = object(object(block.image)?.source);
    return source !== null ? { data: text(source.bytes, '') || null, detail: 'auto' } : null;
  },
  // tool results of MCP
  block =>
    block.type === 'image' && typeof block.data === 'string' && typeof block.mimeType === 'string'
      ? { data: block.data, detail: 'auto' }
      : null,
  // Responses with a file's id
  block => (block.type === 'input_image' ? { data: null, detail: text(block.detail) } : null)
];

/** Return every image of a parsed document, in order. */
export function imagesOfDocument(document: unknown, root = 'messages'): Counted[] {
  const found: Counted[] = [];
  // A stack instead of recursion: a document may be nested as deep as it likes.
  const waiting: (readonly [value: unknown, path: string])[] = [[document, Array.isArray(document) ? root : '']];
  for (let next = waiting.pop(); next !== undefined && found.length < MOST_IMAGES; next = waiting.pop()) {
    const [value, path] = next;
    if (Array.isArray(value)) {
      pushReversed(
        waiting,
        value.map((entry: unknown, index) => [entry, `${path}[${index}]`] as const)
      );
      continue;
    }
    const block = object(value);
    if (block === null) {
      continue;
    }
    const sent = SHAPES.map(shape => shape(block)).find(image => image !== null);
    if (sent !== undefined) {
      found.push(counted(path, sent));
      continue;
    }
    const bare = block.images;
    if (typeof block.role === 'string' && Array.isArray(bare)) {
      bare.forEach((data: unknown, index) => {
        found.push(counted(`${path}.images[${index}]`, { data: text(data, '') || null, detail: 'auto' }));
      });
    }
    pushReversed(
      waiting,
      Object.entries(block).map(([key, entry]) => [entry, path === '' ? key : `${path}.${key}`] as const)
    );
  }
  return found;
}

/** Return every image of JSON lines; throws SyntaxError with the line's number. */
export function imagesOfLines(lines: string): Counted[] {
  return lines.split('\n').flatMap((line, index) => {
    if (line.trim() === '') {
      return [];
    }
    try {
      return imagesOfDocument(JSON.parse(line)).map(image => ({ ...image, label: `line ${index + 1}: ${image.label}` }));
    } catch (error) {
      throw error instanceof SyntaxError ? new SyntaxError(`Line ${index + 1} is not JSON.`) : error;
    }
  });
}

function counted(label: string, { data, detail }: Sent): Counted {
  return data === null
    ? { label, size: null, detail, problem: 'Sent by reference: not fetched, so its size is not known.' }
    : countEncoded(label, data, detail);
}

function addressed(url: string, detail: string): Sent {
  return { data: BASE64_URI.test(url) ? url : null, detail };
}

function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function text(value: unknown, otherwise = 'auto'): string {
  return typeof value === 'string' ? value : otherwise;
}

function pushReversed<T>(stack: T[], entries: readonly T[]): void {
  for (let index = entries.length - 1; index >= 0; index--) {
    stack.push(entries[index] as T);
  }
}
