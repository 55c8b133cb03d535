/** A tab that says what files cost: one image under its grid, many as a bill. */

import { Widget } from '@lumino/widgets';
import { catalogAt, chosen } from '../estimate/catalog';
import type { Counted } from '../estimate/counted';
import { estimateView } from '../estimate/estimateView';
import { h } from '../views/dom';
import { sentence } from '../views/pictures';
import { fileKind, type Entry } from './fileKinds';
import type { Files } from './files';
import type { SettingsSource } from './settings';
import { addStyle } from './style';

/** Reads the entries and shows what their images cost; ends all it does when it is closed. */
export class EstimatePanel extends Widget {
  constructor(
    private readonly files: Files,
    private readonly entries: readonly Entry[],
    private readonly settings: SettingsSource
  ) {
    super();
    addStyle();
    this.addClass('headroom');
    this.addClass('headroom-lab-tab');
    this.node.append(h('p', { role: 'status' }, 'Reading…'));
  }

  /** Read and draw; resolves when it stands. */
  async load(): Promise<void> {
    const { signal } = this.stop;
    try {
      const pictures = await this.files.count(this.entries, signal);
      if (pictures.length === 0) {
        throw new Error(`There are no images in ${titleOf(this.entries)}.`);
      }
      const title = titleOf(this.entries);
      const view = await this.viewOf(pictures);
      this.node.replaceChildren(h('section', { 'aria-label': `What ${title} costs` }, h('h2', {}, title), view));
    } catch (error) {
      if (!signal.aborted) {
        this.node.replaceChildren(h('p', { class: 'headroom-lab-problem', role: 'alert' }, sentence(error)));
      }
    }
  }

  override dispose(): void {
    this.stop.abort();
    super.dispose();
  }

  private async viewOf(pictures: readonly Counted[]): Promise<HTMLElement> {
    const { signal } = this.stop;
    const catalog = catalogAt(this.settings.current.prices);
    const model = chosen(catalog, this.settings.current.model);
    const [entry] = this.entries;
    const options = { pictures, catalog, model, signal };
    if (entry === undefined || pictures[0]?.size == null || this.entries.length > 1 || fileKind(entry) !== 'picture') {
      return estimateView(options);
    }
    const address = URL.createObjectURL(await this.files.blob(entry.path, signal));
    signal.addEventListener('abort', () => {
      URL.revokeObjectURL(address);
    });
    return estimateView({ ...options, address });
  }

  private readonly stop = new AbortController();
}

/** What the tab is about, in a few words. */
export function titleOf(entries: readonly Entry[]): string {
  const [first] = entries;
  return entries.length === 1 && first !== undefined ? first.name || '/' : `${entries.length} files`;
}
