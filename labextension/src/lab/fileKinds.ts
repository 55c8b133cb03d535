/** What the file browser's entries are to us, by their names. */

export type FileKind = 'picture' | 'notebook' | 'messages' | 'lines' | 'pdf' | 'folder';

const KINDS: Readonly<Record<string, FileKind>> = {
  png: 'picture',
  jpg: 'picture',
  jpeg: 'picture',
  webp: 'picture',
  gif: 'picture',
  bmp: 'picture',
  ipynb: 'notebook',
  json: 'messages',
  jsonl: 'lines',
  pdf: 'pdf',
  // several pages, as a PDF has
  tif: 'pdf',
  tiff: 'pdf'
};

/** An entry as the contents service describes it. */
export interface Entry {
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly size?: number | null;
}

/** Return what an entry is, or null for what holds no images we know of. */
export function fileKind({ name, type }: Entry): FileKind | null {
  if (type === 'directory') {
    return 'folder';
  }
  const suffix = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return name.toLowerCase().endsWith('.headroom.json') ? null : (KINDS[suffix] ?? null);
}
