/** The images of a message list, a request body or batch lines: found by the shapes of their blocks, in any format. */

import { countEncoded, uncountedPdf, type Counted } from './counted';
import { tableName } from './tableName';

type Json = Readonly<Record<string, unknown>>;

/** An image as it is sent: its base64, or where it is kept. */
interface Sent {
  readonly data: string | null;
  readonly detail: string;
}

const PDF = 'application/pdf';
/** What makes an object a request, and where it names its model; as in formats/walk.py and formats/find.py. */
const LISTS = ['messages', 'input', 'contents'];
const MODEL_KEYS = ['model', 'modelId', 'model_id'];
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

/** Whether a block holds a PDF, in the words of each API; a document behind an address or id is taken for one. */
const IS_PDF: readonly ((block: Json) => boolean)[] = [
  // Messages (Anthropic)
  block => {
    const source = object(block.source);
    const kind = text(source?.media_type, PDF);
    return block.type === 'document' && kind === PDF && ['base64', 'url', 'file'].includes(text(source?.type, ''));
  },
  // Chat Completions and Responses
  block => (block.type === 'file' && object(block.file) !== null) || block.type === 'input_file',
  // generateContent, resources of MCP
  block =>
    [block.inline_data, block.inlineData, block.file_data, block.fileData, block.resource].some(held => {
      const file = object(held);
      return (file?.mime_type ?? file?.mimeType) === PDF;
    }),
  // Converse
  block => object(block.document)?.format === 'pdf'
];

/** Return every image of a parsed document, in order; PDFs have a row without a figure. */
export function imagesOfDocument(document: unknown, root = 'messages'): Counted[] {
  const found: Counted[] = [];
  // A stack instead of recursion: a document may be nested as deep as it likes.
  const waiting: (readonly [value: unknown, path: string, model: Named])[] = [
    [document, Array.isArray(document) ? root : '', {}]
  ];
  for (let next = waiting.pop(); next !== undefined && found.length < MOST_IMAGES; next = waiting.pop()) {
    const [value, path, inherited] = next;
    if (Array.isArray(value)) {
      pushReversed(
        waiting,
        value.map((entry: unknown, index) => [entry, `${path}[${index}]`, inherited] as const)
      );
      continue;
    }
    const block = object(value);
    if (block === null) {
      continue;
    }
    const model = modelOf(block) ?? inherited;
    if (IS_PDF.some(holds => holds(block))) {
      found.push({ ...uncountedPdf(path), ...model });
      continue;
    }
    const sent = SHAPES.map(shape => shape(block)).find(image => image !== null);
    if (sent !== undefined) {
      found.push({ ...counted(path, sent), ...model });
      continue;
    }
    const bare = block.images;
    if (typeof block.role === 'string' && Array.isArray(bare)) {
      bare.forEach((data: unknown, index) => {
        found.push({ ...counted(`${path}.images[${index}]`, { data: text(data, '') || null, detail: 'auto' }), ...model });
      });
    }
    pushReversed(
      waiting,
      Object.entries(block).map(([key, entry]) => [entry, path === '' ? key : `${path}.${key}`, model] as const)
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

type Named = Pick<Counted, 'model' | 'unknownModel'>;

/** The model that a request names; null for what is no request, or names none. */
function modelOf(block: Json): Named | null {
  const name = LISTS.some(key => key in block) ? MODEL_KEYS.map(key => text(block[key], '').trim()).find(Boolean) : undefined;
  if (name === undefined) {
    return null;
  }
  const model = tableName(name);
  return model === null ? { unknownModel: name } : { model };
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
