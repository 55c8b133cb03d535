/** A tab that says what files cost: loaded on the first use. */

import { h } from '../views/dom';
import { sentence } from '../views/pictures';
import { estimateView } from '../estimate/estimateView';
import { modelOrDefault } from '../estimate/modelChoice';
import { Widget } from '@lumino/widgets';
import type { Entry } from './fileKinds';
import { Files } from './files';
import type { SettingsSource } from './settings';
import { addStyle } from './style';

/** Reads the entries and shows what their pictures cost; ends all it does when it is closed. */
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
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', `What ${titleOf(entries)} costs`);
    this.node.append(h('p', { role: 'status' }, 'Reading…'));
  }

  /** Read and draw; resolves when it stands. */
  async load(): Promise<void> {
    const { signal } = this.stop;
    try {
      const pictures = await this.files.count(this.entries, signal);
      if (pictures.length === 0) {
        throw new Error(`There are no pictures in ${titleOf(this.entries)}.`);
      }
      const { model, prices } = this.settings.current;
      const view = estimateView({ pictures, model: modelOrDefault(model), prices, signal });
      this.node.replaceChildren(h('h2', {}, titleOf(this.entries)), view.element);
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

  private readonly stop = new AbortController();
}

/** What the tab is about, in a few words. */
export function titleOf(entries: readonly Entry[]): string {
  const [first] = entries;
  return entries.length === 1 && first !== undefined ? first.name || '/' : `${entries.length} files`;
}
