/** The size of an image that stands as base64 in a document; only as much is decoded as its header takes. */

import { BrokenPicture, MORE, PREFIX_BYTES, readHeader, type PictureHeader } from '../pictures/header';

/** Bytes decoded at first, then, then at last: most headers are short, and a notebook may hold hundreds of images. */
const STEPS = [3072, PREFIX_BYTES, Infinity];
const DATA_URI = /^data:[^,]{0,200};base64,/i;

/** Read the header of base64 or of a `data:` address. Throws BrokenPicture. */
export function readEncoded(text: string): PictureHeader {
  const start = DATA_URI.exec(text)?.[0].length ?? 0;
  for (const bytes of STEPS) {
    const end = start + Math.floor(bytes / 3) * 4;
    const header = readHeader(decode(text.slice(start, end)), end >= text.length);
    if (header !== MORE) {
      return header;
    }
  }
  throw new BrokenPicture('The image is cut short.');
}

/** Bytes of base64, as far as it is whole groups of four; the web's alphabet too. */
function decode(base64: string): Uint8Array {
  const plain = base64.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  try {
    const binary = atob(plain.slice(0, plain.length % 4 === 1 ? -1 : undefined));
    return Uint8Array.from(binary, character => character.charCodeAt(0));
  } catch (error) {
    if (error instanceof DOMException || (error instanceof Error && error.name === 'InvalidCharacterError')) {
      throw new BrokenPicture('This is not base64.');
    }
    throw error;
  }
}
