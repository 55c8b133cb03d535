/** The extension's settings: read with care, since people write them by hand. */

import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal, type ISignal } from '@lumino/signaling';
import { DEFAULT_MODEL } from '../estimate/defaultModel';
import type { Prices } from '../estimate/catalog';
import { PluginId } from './ids';

/** What can be switched off. */
export const CONTRIBUTIONS = ['estimate', 'smallerCopy', 'cellButton', 'statusBar', 'sidePanel'] as const;

export type Contribution = (typeof CONTRIBUTIONS)[number];

export interface Settings {
  /** The model that is priced first. */
  readonly model: string;
  readonly prices: Prices;
  readonly on: ReadonlySet<Contribution>;
}

type Written = Readonly<Record<string, unknown>>;

/** Return settings from what is written; what does not fit counts as not written. */
export function readSettings(written: Written): Settings {
  const { model, prices, contributions } = written;
  const off = object(contributions);
  return {
    model: typeof model === 'string' && model !== '' ? model : DEFAULT_MODEL,
    prices: Object.fromEntries(
      Object.entries(object(prices)).filter(
        (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] >= 0 && entry[1] < Infinity
      )
    ),
    on: new Set(CONTRIBUTIONS.filter(name => off[name] !== false))
  };
}

function object(value: unknown): Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Written) : {};
}

/** The settings as they are now, and a signal when they change. */
export class SettingsSource {
  /** Start with the defaults, and follow the registry where there is one. */
  constructor(registry: ISettingRegistry | null) {
    this.ready = this.follow(registry);
  }

  /** Resolves when what is stored has been read. */
  readonly ready: Promise<void>;

  get current(): Settings {
    return this.settings;
  }

  get changed(): ISignal<this, Settings> {
    return this.signal;
  }

  isOn(contribution: Contribution): boolean {
    return this.settings.on.has(contribution);
  }

  private async follow(registry: ISettingRegistry | null): Promise<void> {
    const stored = await registry?.load(PluginId.settings);
    if (stored !== undefined) {
      const take = (): void => {
        this.settings = readSettings(stored.composite);
        this.signal.emit(this.settings);
      };
      stored.changed.connect(take);
      take();
    }
  }

  private settings = readSettings({});
  private readonly signal = new Signal<this, Settings>(this);
}
