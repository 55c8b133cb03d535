/**
 * Reads a report that may come from anywhere: a notebook of somebody else, a file, a broken program.
 *
 * Nothing of it is trusted. What comes out holds only what a view draws, each value of its type and within bounds; what
 * does not fit is refused with its place, and unknown properties are left behind unread.
 */

import {
  TECHNIQUES,
  type Report,
  type ReportBudget,
  type ReportDocument,
  type ReportForm,
  type ReportImage,
  type ReportPage,
  type Size,
  type Totals
} from './report';

/** A value that does not fit; the message is a sentence with its place. */
export class ReportProblem extends Error {}

export const MOST_IMAGES = 1000;
const MOST_TEXT = 20_000;
const MOST_URI = 200_000;
const MOST_WARNINGS = 1000;
const MOST_PARTS = 200;
const MOST_PAGES = 10_000;
const MOST_NUMBER = 1e12;
/** The largest that an image’s header can say. */
const MOST_SIDE = 2 ** 31 - 1;

/** Images alone, and of kinds that hold no script. */
const THUMBNAIL = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/;

type Check<T> = (value: unknown, at: string) => T;

type Fields<T> = { readonly [K in keyof T]-?: Check<T[K]> };

const count = number(0, MOST_NUMBER);
const share = number(0, 1);
const flag: Check<boolean> = (value, at) => (typeof value === 'boolean' ? value : refuse(at, 'is not true or false'));
const size: Check<Size> = (value, at) => {
  if (!Array.isArray(value) || value.length !== 2) {
    return refuse(at, 'is no width and height');
  }
  const side = number(1, MOST_SIDE);
  return [side(value[0], at), side(value[1], at)];
};

const TOTALS: Fields<Totals> = {
  images: count,
  documents: count,
  original_tokens: count,
  compressed_tokens: count,
  free_tokens: count,
  traded_tokens: count,
  savings_percent: number(-MOST_NUMBER, 100),
  savings_usd: nullable(number(-MOST_NUMBER, MOST_NUMBER)),
  exact: flag,
  original_exact: flag
};

const FORM: Fields<ReportForm> = {
  label: text,
  technique: oneOf(TECHNIQUES),
  tokens: count,
  bytes: count,
  risk: share,
  why_not: text,
  taken: flag
};

const IMAGE: Fields<ReportImage> = {
  path: text,
  question: text,
  routed: nullable(oneOf(TECHNIQUES)),
  technique: oneOf(TECHNIQUES),
  confidence: nullable(share),
  reason: nullable(text),
  name: text,
  did: text,
  original_tokens: count,
  compressed_tokens: count,
  free_tokens: count,
  traded_tokens: count,
  exact: flag,
  original_exact: flag,
  original_size: nullable(size),
  sizes: list(size, MOST_PARTS),
  original_bytes: count,
  compressed_bytes: count,
  kept_pixels: share,
  note: text,
  error: nullable(text),
  thumbnail: thumbnail,
  alt: text,
  compressed_thumbnail: thumbnail,
  detail: text,
  sent_detail: nullable(text),
  signals: shares,
  crop_box: nullable(box),
  text: text,
  router: nullable(text),
  chosen: nullable(oneOf(TECHNIQUES)),
  needs: shares,
  risk: nullable(share),
  forms: list(record(FORM, []), MOST_PARTS)
};

const PAGE: Fields<ReportPage> = {
  page: count,
  form: text,
  original_tokens: count,
  compressed_tokens: count,
  risk: share,
  why: text
};

const DOCUMENT: Fields<ReportDocument> = {
  path: text,
  name: text,
  original_tokens: count,
  compressed_tokens: count,
  exact: flag,
  note: text,
  error: nullable(text),
  pages: list(record(PAGE, []), MOST_PAGES),
  images: list(count, MOST_IMAGES)
};

const BUDGET: Fields<ReportBudget> = { tokens: nullable(count), spent: count, said: text };

/** What came later than the first reports. */
const LATER = {
  totals: ['original_exact', 'documents'],
  image: [
    'compressed_thumbnail',
    'detail',
    'sent_detail',
    'signals',
    'crop_box',
    'name',
    'did',
    'text',
    'router',
    'chosen',
    'needs',
    'risk',
    'forms'
  ],
  report: ['allowed_risk', 'budget', 'documents', 'lines', 'summary', 'usd_per_million_tokens']
} as const;

const REPORT: Fields<Report> = {
  version: oneOf([1] as const),
  kind: oneOf(['compression'] as const),
  model: text,
  provider: text,
  model_note: text,
  quality: text,
  allowed_risk: nullable(share),
  totals: record(TOTALS, LATER.totals),
  summary: text,
  lines: list(text, MOST_WARNINGS),
  images: list(record(IMAGE, LATER.image), MOST_IMAGES),
  documents: list(record(DOCUMENT, ['images']), MOST_IMAGES),
  budget: nullable(record(BUDGET, [])),
  usd_per_million_tokens: nullable(number(0, MOST_NUMBER)),
  hidden_images: count,
  warnings: list(text, MOST_WARNINGS)
};

/**
 * Return a report that a view can draw.
 *
 * @throws ReportProblem
 */
export function checkReport(value: unknown): Report {
  return record(REPORT, LATER.report)(value, 'the report');
}

function refuse(at: string, why: string): never {
  throw new ReportProblem(`This is not a report that can be shown: ${at} ${why}.`);
}

function number(least: number, most: number): Check<number> {
  return (value, at) =>
    typeof value === 'number' && value >= least && value <= most
      ? value
      : refuse(at, `is not a number from ${least} to ${most}`);
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string') {
    return refuse(at, 'is not text');
  }
  return value.length <= MOST_TEXT ? value : refuse(at, `is longer than ${MOST_TEXT} characters`);
}

function box(value: unknown, at: string): readonly [number, number, number, number] {
  if (!Array.isArray(value) || value.length !== 4) {
    return refuse(at, 'is no left, top, right and bottom');
  }
  const edge = number(0, MOST_SIDE);
  return [edge(value[0], at), edge(value[1], at), edge(value[2], at), edge(value[3], at)];
}

function thumbnail(value: unknown, at: string): string {
  if (typeof value !== 'string') {
    return refuse(at, 'is not text');
  }
  return value === '' || (value.length <= MOST_URI && THUMBNAIL.test(value)) ? value : refuse(at, 'is no small image');
}

function oneOf<const T extends string | number>(known: readonly T[]): Check<T> {
  return (value, at) => known.find(entry => entry === value) ?? refuse(at, `is not ${known.join(', ')}`);
}

function nullable<T>(check: Check<T>): Check<T | null> {
  return (value, at) => (value === null ? null : check(value, at));
}

function list<T>(check: Check<T>, most: number): Check<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) {
      return refuse(at, 'is no list');
    }
    if (value.length > most) {
      return refuse(at, `has ${value.length} entries; ${most} are the most that is shown`);
    }
    return value.map((entry: unknown, index) => check(entry, `${at}[${index}]`));
  };
}

function shares(value: unknown, at: string): Readonly<Record<string, number>> {
  const entries = Object.entries(object(value, at));
  if (entries.length > MOST_PARTS) {
    return refuse(at, `has ${entries.length} entries; ${MOST_PARTS} are the most that is shown`);
  }
  return Object.fromEntries(entries.map(([name, entry]) => [text(name, at), share(entry, `${at}.${name.slice(0, 40)}`)]));
}

/** Check an object; properties named in `optional` may be missing. */
function record<T extends object>(fields: Fields<T>, optional: readonly (keyof T)[] = []): Check<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return (value, at) => {
    const found = object(value, at);
    const present = (name: keyof T & string): boolean => Object.hasOwn(found, name);
    const entries = names
      .filter(name => present(name) || !optional.includes(name))
      .map(name => {
        const place = at === 'the report' ? name : `${at}.${name}`;
        return [name, fields[name](present(name) ? found[name] : undefined, place)] as const;
      });
    return Object.fromEntries(entries) as T;
  };
}

function object(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(at, 'is no object');
  }
  return value as Readonly<Record<string, unknown>>;
}
