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
  readonly documents?: number;
  readonly original_tokens: number;
  readonly compressed_tokens: number;
  readonly free_tokens: number;
  readonly traded_tokens: number;
  readonly savings_percent: number;
  readonly savings_usd: number | null;
  readonly exact: boolean;
  readonly original_exact?: boolean;
}

/** One way to send an image that was considered. */
export interface ReportForm {
  readonly label: string;
  readonly technique: TechniqueName;
  readonly tokens: number;
  readonly bytes: number;
  /** The chance that it loses the answer. */
  readonly risk: number;
  /** Why it was not sent; empty for the one that was, and for those that only cost more. */
  readonly why_not: string;
  readonly taken: boolean;
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
  /** The name of its file, or where it came from, in words. */
  readonly name?: string;
  /** What was done with it, in plain words. */
  readonly did?: string;
  /** A data URI of a small preview, or empty. */
  readonly thumbnail: string;
  readonly alt: string;
  /** Data URI of what is sent instead; empty where it is text or the image stays. */
  readonly compressed_thumbnail?: string;
  /** Detail level the block asks the provider for. */
  readonly detail?: string;
  /** Detail level of the image sent instead; null leaves the block's own. */
  readonly sent_detail?: string | null;
  /** What was measured in the image, by name; shares between 0 and 1. */
  readonly signals?: Readonly<Record<string, number>>;
  /** Where in the original a crop was cut out, in pixels; right and bottom are exclusive. */
  readonly crop_box?: readonly [left: number, top: number, right: number, bottom: number] | null;
  /** Start of the text that is sent instead, or beside the image. */
  readonly text?: string;
  /** Name of the router that decided; `user` for a choice by hand. */
  readonly router?: string | null;
  /** What a person chose instead of what was routed. */
  readonly chosen?: TechniqueName | null;
  /** What the answer depends on, as shares by name. */
  readonly needs?: Readonly<Record<string, number>>;
  /** The chance that what is sent loses the answer; null where nothing was decided. */
  readonly risk?: number | null;
  /** The forms of least tokens for their risk, from cheap to expensive. */
  readonly forms?: readonly ReportForm[];
}

/** One page of a document. */
export interface ReportPage {
  readonly page: number;
  readonly form: string;
  readonly original_tokens: number;
  readonly compressed_tokens: number;
  readonly risk: number;
  readonly why: string;
}

export interface ReportDocument {
  readonly path: string;
  readonly name: string;
  readonly original_tokens: number;
  readonly compressed_tokens: number;
  readonly exact: boolean;
  readonly note: string;
  readonly error: string | null;
  readonly pages: readonly ReportPage[];
  /** Places of its pages among the images, where they are images. */
  readonly images?: readonly number[];
}

/** What a budget did, in tokens; null where only single images are bounded. */
export interface ReportBudget {
  readonly tokens: number | null;
  readonly spent: number;
  /** The same, and what it risks, in words. */
  readonly said: string;
}

export interface Report {
  readonly version: 1;
  readonly kind: 'compression';
  readonly model: string;
  readonly provider: string;
  readonly model_note: string;
  readonly quality: string;
  /** The risk that this quality takes. */
  readonly allowed_risk?: number | null;
  readonly totals: Totals;
  /** The totals in one sentence. */
  readonly summary?: string;
  /** What else is known of all together: what was done, what it costs. */
  readonly lines?: readonly string[];
  readonly images: readonly ReportImage[];
  readonly documents?: readonly ReportDocument[];
  readonly budget?: ReportBudget | null;
  readonly usd_per_million_tokens?: number | null;
  readonly hidden_images: number;
  readonly warnings: readonly string[];
}

/** Where a view gets images from: a kernel, or what is stored in the report. */
export interface PictureSource {
  /** Resolve to an address for an `img`; the caller hands it back with `release`. Rejects with a sentence. */
  load(index: number, which: 'original' | 'compressed', signal: AbortSignal): Promise<string>;
  release(address: string): void;
  /** The same after the provider's own resize at the level of detail asked for; left out where nobody can tell. */
  seen?(index: number, which: 'original' | 'compressed', signal: AbortSignal): Promise<string>;
  /** Resolve to the address of a small preview, empty where there is none; left out where the report holds them. */
  thumbnail?(index: number, which: 'original' | 'compressed', signal: AbortSignal): Promise<string>;
  /** Resolve to all the text sent instead; left out where the report's start of it is all there is. */
  text?(index: number, signal: AbortSignal): Promise<string>;
}
