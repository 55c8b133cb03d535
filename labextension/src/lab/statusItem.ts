/** What the session saved, in the status bar; a press opens the notebook's bill. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IStatusBar } from '@jupyterlab/statusbar';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import type { SessionLink } from './sessionLink';
import { longText, shortText } from './sessionState';
import type { SettingsSource } from './settings';
import { CommandId } from './ids';

const RANK = 900;

/** Add the item; it hides where no kernel says anything, and where the settings say so. */
export function addStatusItem(
  app: JupyterFrontEnd,
  statusBar: IStatusBar,
  link: SessionLink,
  settings: SettingsSource
): void {
  const item = new StatusItem(link, () => {
    void app.commands.execute(CommandId.showBill);
  });
  const changed = new Signal<Widget, void>(item);
  for (const source of [link.changed, settings.changed]) {
    source.connect(() => {
      changed.emit();
    });
  }
  statusBar.registerStatusItem(item.id, {
    item,
    align: 'middle',
    rank: RANK,
    isActive: () => link.state !== null && settings.isOn('statusBar'),
    activeStateChanged: changed
  });
}

class StatusItem extends Widget {
  constructor(
    private readonly link: SessionLink,
    onPress: () => void
  ) {
    super({ node: document.createElement('button') });
    this.id = 'headroom-status';
    this.node.setAttribute('type', 'button');
    // The status bar's own look; a button of its own would bring the page's.
    this.node.style.cssText = 'border: 0; background: none; color: inherit; font: inherit; cursor: pointer; height: 100%;';
    this.node.addEventListener('click', onPress);
    link.changed.connect(() => {
      this.draw();
    });
    this.draw();
  }

  private draw(): void {
    const { state } = this.link;
    if (state !== null) {
      this.node.textContent = shortText(state);
      this.node.title = longText(state);
    }
  }
}
