/** The images in a notebook's outputs and attachments. */

import { countEncoded, type Counted } from './counted';

export interface NotebookPicture extends Counted {
  /** The cell's number as one counts them, from 1. */
  readonly cell: number;
}

type Json = Readonly<Record<string, unknown>>;

/** Return the images of a parsed notebook (nbformat 4), in order; empty where it is none. */
export function picturesOfNotebook(content: unknown): NotebookPicture[] {
  return array(object(content).cells).flatMap((cell, index) => picturesOfCell(object(cell), index + 1));
}

/** Return the images of one cell, its number counted from 1. */
export function picturesOfCell(cell: Json, number: number): NotebookPicture[] {
  const outputs = array(cell.outputs).map(output => object(object(output).data));
  const attachments = Object.values(object(cell.attachments)).map(object);
  return [...outputs, ...attachments].flatMap(bundle => {
    const shown = shownPicture(bundle);
    if (shown === null) {
      return [];
    }
    const [kind, base64] = shown;
    const found = countEncoded(`Cell ${number}, ${nameOf(bundle)}`, base64, 'auto');
    const preview = `data:${kind};base64,${base64.replace(/\s+/g, '')}`;
    return [{ ...found, cell: number, ...(found.size === null ? {} : { preview }) }];
  });
}

/** A figure of Matplotlib says what it is in its text. */
function nameOf(bundle: Json): string {
  const text = bundle['text/plain'];
  return String(Array.isArray(text) ? text[0] : text).startsWith('<Figure') ? 'plot' : 'image';
}

const RASTER = /^image\/(?:png|jpeg|webp|gif|bmp)$/;

/** The one image that a front end would show of a bundle; a drawing in SVG is text. */
function shownPicture(bundle: Json): readonly [kind: string, base64: string] | null {
  for (const [kind, value] of Object.entries(bundle)) {
    if (RASTER.test(kind)) {
      return [kind, Array.isArray(value) ? value.join('') : typeof value === 'string' ? value : ''];
    }
  }
  return null;
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
