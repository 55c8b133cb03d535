/** The explorer as a widget: its choices are the model's traits, the kernel measures what a browser cannot. */

import type { AnyModel, Render } from '@anywidget/types';
import type { Model, ModelRow } from '../costs';
import { findModel, readRow } from '../costs';
import type { Box } from '../views/cropBox';
import type { Choices, TextFacts } from '../views/explorerState';
import type { Region } from '../views/regionField';
import type { Size } from '../views/report';
import { tileExplorer } from '../views/tileExplorer';
import { ask } from './kernel';

interface Traits extends Record<string, unknown> {
  readonly label: string;
  readonly image_size: Size;
  readonly model: string;
  readonly detail: string;
  readonly question: string;
  readonly crop_box: Box | null;
  readonly long_side: number | null;
  readonly rows: readonly ModelRow[];
}

const TOLD = ['model', 'detail', 'question', 'crop_box', 'long_side'] as const;

/** Most often a moving box is told to Python, milliseconds. */
const PACE = 150;

/** Reading text can take long on a busy kernel. */
const OCR_PATIENCE = 120_000;

export const renderTileExplorer: Render = ({ model: raw, el, signal }) => {
  const model = raw as AnyModel<Traits>;
  let saving: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    clearTimeout(saving);
    saving = undefined;
    model.save_changes();
  };
  const size = model.get('image_size');
  const view = tileExplorer(
    {
      label: model.get('label'),
      size,
      picture: async stop => {
        const { data, blobs } = await ask<{ media_type: string }>(raw, 'picture', {}, { signal: stop });
        return new Blob([...blobs], { type: data.media_type });
      },
      text: async stop => (await ask<TextFacts>(raw, 'text', {}, { signal: stop })).data,
      region: async (question, stop) =>
        (await ask<Region>(raw, 'region', { question }, { signal: stop, patience: OCR_PATIENCE })).data,
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
    read(model),
    signal
  );
  let hearing = true;
  const hear = (): void => {
    if (hearing) {
      view.show(read(model));
    }
  };
  for (const name of TOLD) {
    model.on(`change:${name}`, hear);
  }
  signal.addEventListener('abort', () => {
    clearTimeout(saving);
    for (const name of TOLD) {
      model.off(`change:${name}`, hear);
    }
  });
  el.append(view.element);
};

function read(model: AnyModel<Traits>): Choices {
  return {
    model: terms(model.get('model'), model.get('rows')),
    detail: model.get('detail'),
    question: model.get('question'),
    cropBox: model.get('crop_box'),
    longSide: model.get('long_side')
  };
}

/** What Python says of a model comes before the table that was built in. */
function terms(name: string, rows: readonly ModelRow[]): Model {
  const row = rows.find(each => each.name === name);
  const found = row === undefined ? findModel(name) : readRow(row);
  if (found === undefined) {
    throw new RangeError(`no billing terms for ${name}`);
  }
  return found;
}
