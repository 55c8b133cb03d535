/**
 * What an image's header says, read from its first bytes without decoding a pixel; the same rules as in Python
 * (`headroom_nb/pictures`), held to the same files (`samples.json`).
 */

import type { Size } from '../report/report';
import { Bytes, Short } from './bytes';

export type PictureFormat = 'PNG' | 'JPEG' | 'GIF' | 'WEBP' | 'BMP';

export interface PictureHeader {
  readonly format: PictureFormat;
  /** As a person sees it: orientation applied. */
  readonly size: Size;
}

/** An image that cannot be read; the message is a sentence. */
export class BrokenPicture extends Error {}

/** The bytes at hand do not reach far enough: ask again with the whole file. */
export const MORE = Symbol('more');

/** Bytes of a file that hold the header of nearly every image. */
export const PREFIX_BYTES = 64 * 1024;

const MOST_BLOCKS = 50_000;

type Parser = (bytes: Bytes, whole: boolean) => Size;

const FORMATS: readonly (readonly [PictureFormat, (bytes: Bytes) => boolean, Parser])[] = [
  ['PNG', bytes => bytes.is(0, '\x89PNG\r\n\x1a\n'), png],
  ['JPEG', bytes => bytes.is(0, '\xff\xd8\xff'), jpeg],
  ['GIF', bytes => bytes.is(0, 'GIF87a') || bytes.is(0, 'GIF89a'), gif],
  ['WEBP', bytes => bytes.is(0, 'RIFF') && bytes.is(8, 'WEBP'), webp],
  ['BMP', bytes => bytes.is(0, 'BM'), bmp]
];

/**
 * Read a header.
 *
 * @param data - the file, or its first bytes
 * @param whole - whether that is all of the file
 * @returns the header, or `MORE` where the first bytes were too few
 * @throws BrokenPicture
 */
export function readHeader(data: Uint8Array, whole: boolean): PictureHeader | typeof MORE {
  const bytes = new Bytes(data);
  const found = FORMATS.find(([, matches]) => matches(bytes));
  if (found === undefined) {
    throw new BrokenPicture(
      data.length === 0 ? 'The image is empty (0 bytes).' : 'Not a PNG, JPEG, GIF, WebP or BMP image.'
    );
  }
  const [format, , parse] = found;
  try {
    const size = parse(bytes, whole);
    if (size[0] < 1 || size[1] < 1) {
      throw new BrokenPicture(`This ${format} file claims a size of ${size[0]}×${size[1]} pixels.`);
    }
    return { format, size };
  } catch (error) {
    if (!(error instanceof Short)) {
      throw error;
    }
    if (!whole) {
      return MORE;
    }
    throw new BrokenPicture(`This ${format} file is cut short.`);
  }
}

function png(bytes: Bytes, whole: boolean): Size {
  if (!bytes.is(12, 'IHDR')) {
    throw new BrokenPicture('This PNG file has no header block.');
  }
  const size: Size = [bytes.u32(16), bytes.u32(20)];
  bytes.u8(32);
  let at = 33;
  // An orientation behind the pixels is not looked for: that would take the whole file.
  for (let block = 0; block < MOST_BLOCKS && !bytes.is(at + 4, 'IDAT'); block++) {
    if (at + 8 > bytes.length && whole) {
      break; // the size is known; a cut file is refused when it is decoded
    }
    const end = at + 8 + bytes.u32(at);
    if (bytes.is(at + 4, 'eXIf') && (end <= bytes.length || !whole)) {
      return upright(size, bytes.slice(at + 8, end));
    }
    at = end + 4;
  }
  return size;
}

const NO_FRAME = new Set([0xc4, 0xc8, 0xcc]);
const [SCAN, END, EXIF] = [0xda, 0xd9, 0xe1];

function jpeg(bytes: Bytes): Size {
  let exif: Bytes | null = null;
  let size: Size | null = null;
  let at = 2;
  for (let segment = 0; segment < MOST_BLOCKS; segment++) {
    at = nextMarker(bytes, at);
    const kind = bytes.u8(at + 1);
    if (kind === END) {
      break;
    }
    const length = bytes.u16(at + 2);
    if (length < 2) {
      throw new BrokenPicture('This JPEG file has a broken segment.');
    }
    const start = at + 4;
    if (kind >= 0xc0 && kind <= 0xcf && !NO_FRAME.has(kind)) {
      size = [bytes.u16(start + 3), bytes.u16(start + 1)];
      if (![1, 3, 4].includes(bytes.u8(start + 5))) {
        throw new BrokenPicture('This JPEG file has colour components that make no image.');
      }
      break;
    }
    if (kind === SCAN) {
      break;
    }
    if (kind === EXIF && bytes.is(start, 'Exif\0\0')) {
      exif = bytes.slice(start + 6, at + 2 + length);
    }
    at += 2 + length;
  }
  if (size === null) {
    throw new BrokenPicture('This JPEG file has no frame header.');
  }
  return upright(size, exif);
}

/** The next marker that begins a segment; stray bytes before it are skipped, as decoders do. */
function nextMarker(bytes: Bytes, from: number): number {
  for (let at = from; ; at++) {
    if (bytes.u8(at) === 0xff) {
      const kind = bytes.u8(at + 1);
      const stuffed = kind === 0 || kind === 1 || kind === 0xff || (kind >= 0xd0 && kind <= 0xd8);
      if (!stuffed) {
        return at;
      }
    }
  }
}

function gif(bytes: Bytes): Size {
  const screen: Size = [bytes.u16(6, true), bytes.u16(8, true)];
  let at = 13 + paletteBytes(bytes.u8(10));
  for (let block = 0; block < MOST_BLOCKS; block++) {
    const kind = bytes.u8(at);
    if (kind === 0x2c) {
      // The screen grows to hold the first frame, as decoders do.
      const [left, top] = [bytes.u16(at + 1, true), bytes.u16(at + 3, true)];
      const [across, down] = [bytes.u16(at + 5, true), bytes.u16(at + 7, true)];
      return [Math.max(screen[0], left + across), Math.max(screen[1], top + down)];
    }
    if (kind !== 0x21) {
      break;
    }
    at += 2;
    while (bytes.u8(at) !== 0) {
      at += bytes.u8(at) + 1;
    }
    at += 1;
  }
  throw new BrokenPicture('This GIF file holds no frame.');
}

function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
}

const EXIF_FLAG = 0x08;

function webp(bytes: Bytes): Size {
  if (bytes.is(12, 'VP8X')) {
    const size: Size = [bytes.u24(24) + 1, bytes.u24(27) + 1];
    return bytes.u8(20) & EXIF_FLAG ? upright(size, webpExif(bytes)) : size;
  }
  if (bytes.is(12, 'VP8L')) {
    if (bytes.u8(20) !== 0x2f) {
      throw new BrokenPicture('This WEBP file has a broken bitmap header.');
    }
    const bits = bytes.u32(21, true);
    return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
  }
  if (bytes.is(12, 'VP8 ')) {
    if (bytes.u24(23) !== 0x2a019d) {
      throw new BrokenPicture('This WEBP file has a broken bitmap header.');
    }
    return [bytes.u16(26, true) & 0x3fff, bytes.u16(28, true) & 0x3fff];
  }
  throw new BrokenPicture('This WEBP file has no bitmap chunk.');
}

/** The EXIF chunk, which stands behind the bitmap. */
function webpExif(bytes: Bytes): Bytes | null {
  const end = Math.min(8 + bytes.u32(4, true), Number.MAX_SAFE_INTEGER);
  let at = 12;
  for (let chunk = 0; chunk < MOST_BLOCKS && at + 8 <= end; chunk++) {
    const length = bytes.u32(at + 4, true);
    if (bytes.is(at, 'EXIF')) {
      return bytes.slice(at + 8, at + 8 + length);
    }
    at += 8 + length + (length & 1);
  }
  return null;
}

function bmp(bytes: Bytes): Size {
  if (bytes.u32(14, true) === 12) {
    return [bytes.u16(18, true), bytes.u16(20, true)];
  }
  // A negative height means that the rows begin at the top.
  return [bytes.u32(18, true) | 0, Math.abs(bytes.u32(22, true) | 0)];
}

const ORIENTATION = 0x0112;
const SHORT_VALUE = 3;

/** Turn a size as the orientation tag of an EXIF block asks; anything broken leaves it. */
function upright(size: Size, exif: Bytes | null): Size {
  return exif !== null && orientation(exif) >= 5 ? [size[1], size[0]] : size;
}

function orientation(exif: Bytes): number {
  const tiff = exif.is(0, 'Exif\0\0') ? exif.slice(6, exif.length) : exif;
  const little = tiff.is(0, 'II*\0');
  if (!little && !tiff.is(0, 'MM\0*')) {
    return 1;
  }
  try {
    const start = tiff.u32(4, little);
    const count = tiff.u16(start, little);
    for (let index = 0; index < count; index++) {
      const at = start + 2 + 12 * index;
      if (tiff.u16(at, little) === ORIENTATION) {
        const value = tiff.u16(at + 8, little);
        return tiff.u16(at + 2, little) === SHORT_VALUE && value >= 2 && value <= 8 ? value : 1;
      }
    }
  } catch (error) {
    if (!(error instanceof Short)) {
      throw error;
    }
  }
  return 1;
}
