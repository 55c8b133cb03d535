/** An image as far as its bill is concerned, and what images cost together. */

import { BrokenPicture } from '../pictures/header';
import { cost, estimate, RefusedError, type Model } from '../costs';
import type { Size } from '../report/report';
import { readEncoded } from './encoded';

export interface Counted {
  /** Where it stands: a file's name, a block's path. */
  readonly label: string;
  /** Pixels; null where they are not known. */
  readonly size: Size | null;
  /** Detail level asked for, or `auto`. */
  readonly detail: string;
  /** Why its size is not known; empty otherwise. */
  readonly problem: string;
  /** Address of a preview, where there is one at no cost. */
  readonly preview?: string;
  /** The model that its request names, as the table names it, or as it stands there. */
  readonly model?: string;
  readonly unknownModel?: string;
  /** A PDF, which only a kernel can count. */
  readonly isPdf?: true;
}

export interface Bill {
  readonly tokens: number;
  /** Null where a price is not known. */
  readonly usd: number | null;
  readonly exact: boolean;
  /** Images that have no figure. */
  readonly missing: number;
  /** PDFs, which have none here either. */
  readonly pdfs: number;
}

/** Tokens of one image, or why there is no figure. */
export interface Figure {
  readonly tokens: number | null;
  readonly exact: boolean;
  readonly note: string;
}

/** Count an image that stands as base64 in a document. */
export function countEncoded(label: string, base64: string, detail: string): Counted {
  try {
    return { label, size: readEncoded(base64).size, detail, problem: '' };
  } catch (error) {
    if (error instanceof BrokenPicture) {
      return { label, size: null, detail, problem: error.message };
    }
    throw error;
  }
}

/** What an image costs on a model. */
export function figure(picture: Counted, model: Model): Figure {
  if (picture.size === null) {
    return { tokens: null, exact: false, note: picture.problem };
  }
  try {
    const { tokens, exact, note } = estimate(picture.size, model, picture.detail);
    return { tokens, exact, note };
  } catch (error) {
    if (error instanceof RefusedError) {
      return { tokens: null, exact: false, note: error.message };
    }
    throw error;
  }
}

/** The row of a PDF: named, though not counted. */
export function uncountedPdf(label: string): Counted {
  return { label, size: null, detail: 'auto', problem: 'Count it with %headroom estimate', isPdf: true };
}

/** What images cost together, all on one model or each on its own; each size and level is priced once. */
export function billOf(pictures: readonly Counted[], on: Model | ((picture: Counted) => Model)): Bill {
  const known = new Map<string, Figure>();
  let [tokens, exact, missing, pdfs] = [0, true, 0, 0];
  let usd: number | null = 0;
  for (const picture of pictures) {
    if (picture.isPdf === true) {
      pdfs++;
      continue;
    }
    const model = typeof on === 'function' ? on(picture) : on;
    const key = `${picture.size?.join('×') ?? '–'} ${picture.detail} ${model.name}`;
    const found = known.get(key) ?? figure(picture, model);
    known.set(key, found);
    if (found.tokens === null) {
      missing++;
    } else {
      tokens += found.tokens;
      exact &&= found.exact;
      const paid = cost(found.tokens, model);
      usd = usd === null || paid === null ? null : usd + paid;
    }
  }
  return { tokens, usd, exact, missing, pdfs };
}
