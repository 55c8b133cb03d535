/** The side panel with the images of the notebook in front, live. Works only while it is seen. */

import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import type { BillView } from '../estimate/billView';
import { headroomIcon } from './icons';
import type { SettingsSource } from './settings';
import { CommandId } from './ids';

const BILL_PANEL = 'headroom-bill';
const RANK = 900;
const SETTLE_MS = 250;

/** Add the panel and the command that shows it; the settings can take it away. */
export async function addBillPanel(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  settings: SettingsSource,
  restorer: ILayoutRestorer | null
): Promise<void> {
  const panel = new BillPanel(tracker, settings);
  const place = (): void => {
    if (!settings.isOn('sidePanel')) {
      panel.parent = null;
    } else if (!panel.isAttached) {
      app.shell.add(panel, 'right', { rank: RANK });
      restorer?.add(panel, BILL_PANEL);
    }
    app.commands.notifyCommandChanged(CommandId.showBill);
  };
  app.commands.addCommand(CommandId.showBill, {
    label: 'Show What This Notebook’s Images Cost',
    icon: headroomIcon,
    isEnabled: () => settings.isOn('sidePanel'),
    execute: () => {
      app.shell.activateById(BILL_PANEL);
    }
  });
  settings.changed.connect(place);
  // Before the layout comes back: a panel that is switched off must not come back with it.
  await settings.ready;
  place();
}

class BillPanel extends Widget {
  constructor(
    private readonly tracker: INotebookTracker,
    private readonly settings: SettingsSource
  ) {
    super();
    this.id = BILL_PANEL;
    this.addClass('headroom');
    this.addClass('headroom-lab-side');
    this.title.icon = headroomIcon;
    this.title.caption = 'What this notebook’s images cost (Headroom)';
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'What this notebook’s images cost');
    tracker.currentChanged.connect(() => {
      this.follow();
    });
    settings.changed.connect(() => {
      void this.reprice();
    });
  }

  protected override onAfterShow(): void {
    this.follow();
  }

  protected override onBeforeHide(): void {
    this.unfollow();
  }

  override dispose(): void {
    this.unfollow();
    this.stop.abort();
    super.dispose();
  }

  /** Watch the notebook in front, and draw it. */
  private follow(): void {
    this.unfollow();
    if (!this.isVisible) {
      return;
    }
    const panel = this.tracker.currentWidget;
    const model = panel?.content.model ?? null;
    const later = (): void => {
      this.later();
    };
    model?.contentChanged.connect(later);
    // Its name is the title's.
    panel?.title.changed.connect(later);
    this.unfollow = (): void => {
      model?.contentChanged.disconnect(later);
      panel?.title.changed.disconnect(later);
      clearTimeout(this.timer);
    };
    void this.draw();
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.draw();
    }, SETTLE_MS);
  }

  private async draw(): Promise<void> {
    const { picturesOfCell } = await import('./lazy');
    const view = await this.viewed();
    const panel = this.tracker.currentWidget;
    const cells = [...(panel?.content.model?.cells ?? [])];
    view.show(
      panel?.title.label ?? null,
      cells.flatMap((cell, index) => picturesOfCell(cell.toJSON() as Readonly<Record<string, unknown>>, index + 1))
    );
  }

  private async viewed(): Promise<BillView> {
    this.view ??= this.made();
    return this.view;
  }

  private async made(): Promise<BillView> {
    const { addStyle, billView, catalogAt, chosen } = await import('./lazy');
    addStyle();
    const { model, prices } = this.settings.current;
    const catalog = catalogAt(prices);
    const view = billView({
      catalog,
      model: chosen(catalog, model),
      signal: this.stop.signal,
      onPick: cell => {
        void showCell(this.tracker.currentWidget, cell - 1);
      }
    });
    this.node.replaceChildren(view.element);
    return view;
  }

  private async reprice(): Promise<void> {
    if (this.view !== null) {
      const [view, { catalogAt, chosen }] = await Promise.all([this.view, import('./lazy')]);
      const { model, prices } = this.settings.current;
      const catalog = catalogAt(prices);
      view.price(catalog, chosen(catalog, model));
    }
  }

  private view: Promise<BillView> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private unfollow = (): void => undefined;
  private readonly stop = new AbortController();
}

async function showCell(panel: NotebookPanel | null, index: number): Promise<void> {
  if (panel !== null && index < panel.content.widgets.length) {
    panel.content.activeCellIndex = index;
    await panel.content.scrollToItem(index);
  }
}
