/** The explorer as a widget: its choices are the model's traits, the kernel measures what a browser cannot. */

import type { AnyModel, Render } from '@anywidget/types';
import type { Model, ModelRow } from '../costs';
import { readRow } from '../costs';
import type { Box } from '../views/cropBox';
import { atEnd, branch } from '../views/dom';
import type { Catalog, Choices, TextFacts } from '../views/explorerState';
import type { Region } from '../views/regionField';
import type { Size } from '../report/report';
import { tileExplorer } from '../views/tileExplorer';
import { ask } from './kernel';

interface Traits extends Record<string, unknown> {
  readonly label: string;
  /** What all images are called, and which of them is shown. */
  readonly names?: readonly string[];
  readonly place?: number;
  /** Whether the box can become the crop of an image in a result. */
  readonly usable?: boolean;
  readonly image_size: Size;
  readonly model: string;
  readonly detail: string;
  readonly question: string;
  readonly crop_box: Box | null;
  readonly long_side: number | null;
  /** Billing terms of the present model. */
  readonly row: ModelRow;
}

const TOLD = ['row', 'model', 'detail', 'question', 'crop_box', 'long_side'] as const;

/** Most often a moving box is told to Python, milliseconds. */
const PACE = 150;

/** Reading text can take long on a busy kernel. */
/** Compressing again may read text, too. */
const USE_PATIENCE = 180_000;
const OCR_PATIENCE = 120_000;

export const renderTileExplorer: Render = ({ model: raw, el, signal: whole }) => {
  let shown = branch(whole);
  const draw = (): void => {
    const focused = (document.activeElement as HTMLElement | null)?.textContent;
    shown.abort();
    shown = branch(whole);
    el.replaceChildren(explorerOf(raw as AnyModel<Traits>, shown.signal));
    [...el.querySelectorAll('button')].find(each => each.textContent === focused && !each.disabled)?.focus();
  };
  raw.on('change:place', draw);
  atEnd(whole, () => {
    raw.off('change:place', draw);
  });
  draw();
};

/** The view of the image that the model shows now. */
function explorerOf(model: AnyModel<Traits>, signal: AbortSignal): HTMLElement {
  let saving: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    clearTimeout(saving);
    saving = undefined;
    model.save_changes();
  };
  const known = new Map<string, Model>();
  const size = model.get('image_size');
  const view = tileExplorer(
    {
      label: model.get('label'),
      size,
      preview: stop => file(model, 'preview', stop),
      picture: async stop => (await file(model, 'picture', stop)) ?? new Blob(),
      catalog: async stop => {
        const found = await offered(model, stop);
        for (const each of found.models) {
          known.set(each.name, each);
        }
        return found;
      },
      text: async stop => (await ask<TextFacts>(model, 'text', {}, { signal: stop })).data,
      region: async (question, stop) =>
        (await ask<Region>(model, 'region', { question }, { signal: stop, patience: OCR_PATIENCE })).data,
      steps: {
        names: model.get('names') ?? [],
        place: model.get('place') ?? 0,
        go: place => ask(model, 'go', { place }, { signal })
      },
      use:
        model.get('usable') === true
          ? { use: () => use(model, 'use', save, signal), undo: () => use(model, 'undo', save, signal) }
          : undefined,
      changed: (choices, done) => {
        hearing = false;
        model.set('model', choices.model.name);
        model.set('detail', choices.detail);
        model.set('question', choices.question);
        model.set('crop_box', choices.cropBox);
        model.set('long_side', choices.longSide);
        hearing = true;
        if (done) {
          save();
        } else {
          saving ??= setTimeout(save, PACE);
        }
      }
    },
    read(model, known),
    signal
  );
  let hearing = true;
  const hear = (): void => {
    if (hearing) {
      view.show(read(model, known));
    }
  };
  for (const name of TOLD) {
    model.on(`change:${name}`, hear);
  }
  atEnd(signal, () => {
    clearTimeout(saving);
    for (const name of TOLD) {
      model.off(`change:${name}`, hear);
    }
  });
  return view.element;
}

/** The kernel's terms for a model that was chosen here come a moment later: until then those that were offered. */
function read(model: AnyModel<Traits>, known: ReadonlyMap<string, Model>): Choices {
  const row = model.get('row');
  const name = model.get('model');
  return {
    model: row.name === name ? readRow(row) : (known.get(name) ?? readRow(row)),
    detail: model.get('detail'),
    question: model.get('question'),
    cropBox: model.get('crop_box'),
    longSide: model.get('long_side')
  };
}

/** Ask after the box is in the kernel; resolves to what it says. */
async function use(model: AnyModel, name: string, save: () => void, signal: AbortSignal): Promise<string> {
  save();
  return (await ask<{ readonly said: string }>(model, name, {}, { signal, patience: USE_PATIENCE })).data.said;
}

/** A file from the kernel; null where it has none to send. */
async function file(model: AnyModel, name: string, signal: AbortSignal): Promise<Blob | null> {
  const { data, blobs } = await ask<{ readonly media_type?: string }>(model, name, {}, { signal });
  return data.media_type === undefined ? null : new Blob([...blobs], { type: data.media_type });
}

interface Offered {
  readonly models: readonly ModelRow[];
  readonly defaults: readonly string[];
}

async function offered(model: AnyModel, signal: AbortSignal): Promise<Catalog> {
  const { data } = await ask<Offered>(model, 'models', {}, { signal });
  const models = data.models.map(readRow);
  return { models, compared: models.filter(each => data.defaults.includes(each.name)) };
}
