/**
 * The report of a compression, as Python writes it (`application/vnd.headroom.report+json`, version 1).
 *
 * Sizes are `[width, height]` in pixels, shares lie between 0 and 1. Fields marked optional came later than the first
 * reports that may be stored in notebooks.
 */

export type Size = readonly [width: number, height: number];

export type TechniqueName = 'transcode' | 'crop' | 'full_low' | 'preserve';

export const TECHNIQUES: readonly TechniqueName[] = ['transcode', 'crop', 'full_low', 'preserve'];

export interface Totals {
  readonly images: number;
  readonly original_tokens: number;
  readonly compressed_tokens: number;
  readonly free_tokens: number;
  readonly traded_tokens: number;
  readonly savings_percent: number;
  readonly savings_usd: number | null;
  readonly exact: boolean;
}

export interface ReportImage {
  readonly path: string;
  readonly question: string;
  readonly routed: TechniqueName | null;
  readonly technique: TechniqueName;
  readonly confidence: number | null;
  readonly reason: string | null;
  readonly original_tokens: number;
  readonly compressed_tokens: number;
  readonly free_tokens: number;
  readonly traded_tokens: number;
  readonly exact: boolean;
  readonly original_exact: boolean;
  readonly original_size: Size | null;
  readonly sizes: readonly Size[];
  readonly original_bytes: number;
  readonly compressed_bytes: number;
  readonly kept_pixels: number;
  readonly note: string;
  readonly error: string | null;
  /** A data URI of a small preview, or empty. */
  readonly thumbnail: string;
  readonly alt: string;
  /** Data URI of what is sent instead; empty where it is text or the image stays. */
  readonly compressed_thumbnail?: string;
  /** Detail level the block asks the provider for. */
  readonly detail?: string;
  /** What was measured in the picture, by name; shares between 0 and 1. */
  readonly signals?: Readonly<Record<string, number>>;
}

export interface Report {
  readonly version: 1;
  readonly kind: 'compression';
  readonly model: string;
  readonly provider: string;
  readonly model_note: string;
  readonly quality: string;
  readonly totals: Totals;
  readonly images: readonly ReportImage[];
  readonly hidden_images: number;
  readonly warnings: readonly string[];
}

/** Where a view gets pictures from: a kernel, or what is stored in the report. */
export interface PictureSource {
  /** Resolve to an address for an `img`; the caller hands it back with `release`. Rejects with a sentence. */
  load(index: number, which: 'original' | 'compressed', signal: AbortSignal): Promise<string>;
  release(address: string): void;
}
