/** The controls over an image: model, detail level, crop, zoom, and the switch to what the model sees. */

import type { Model } from '../costs';
import { detailsOf } from '../costs';
import { button, h, on, set, toggle } from './dom';
import type { Choices } from './explorerState';

export interface BarActions {
  readonly onModel: (name: string) => void;
  readonly onDetail: (detail: string) => void;
  readonly onCrop: () => void;
  readonly onWhole: () => void;
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
  readonly onModelView: (on: boolean) => void;
}

export interface ExplorerBar {
  readonly element: HTMLElement;
  show(choices: Choices): void;
  setModels(models: readonly Model[]): void;
}

const ZOOM = 1.4;

export function explorerBar(actions: BarActions, signal: AbortSignal): ExplorerBar {
  const model = h('select', { class: 'headroom-select', 'aria-label': 'Model' });
  const detail = h('select', { class: 'headroom-select', 'aria-label': 'Detail level' });
  const named = (words: string, label: string, press: () => void): HTMLButtonElement =>
    button(words, press, signal, { 'aria-label': label, title: label });
  let cropped = false;
  const crop = button('Crop', () => { (cropped ? actions.onWhole : actions.onCrop)(); }, signal);
  const sees = toggle('What the model sees', false, actions.onModelView, signal);
  const out = named('−', 'Zoom out', () => { actions.onZoom(1 / ZOOM); });
  const fit = named('Fit', 'Fit: show the whole image', actions.onFit);
  const closer = named('+', 'Zoom in', () => { actions.onZoom(ZOOM); });
  const element = h(
    'div',
    { class: 'headroom-x-controls headroom-inline', role: 'toolbar', 'aria-label': 'Image and bill' },
    h('label', {}, h('span', {}, 'Model'), model),
    h('label', {}, h('span', {}, 'Detail'), detail),
    h('span', { class: 'headroom-x-gap' }),
    sees,
    crop,
    h('span', { class: 'headroom-x-zoom', role: 'group', 'aria-label': 'Zoom' }, out, fit, closer)
  );
  on(model, 'change', () => { actions.onModel(model.value); }, signal);
  on(detail, 'change', () => { actions.onDetail(detail.value); }, signal);

  let shown: Model | null = null;
  return {
    element,
    setModels(models) {
      model.replaceChildren(...groups(models));
      shown = null;
    },
    show(choices) {
      if (shown !== choices.model) {
        shown = choices.model;
        if (![...model.options].some(option => option.value === choices.model.name)) {
          model.prepend(h('option', { value: choices.model.name }, choices.model.name));
        }
        model.value = choices.model.name;
        detail.replaceChildren(...detailsOf(choices.model).map(level => h('option', { value: level }, inWords(level, choices.model))));
      }
      const offered = detailsOf(choices.model);
      detail.value = offered.includes(choices.detail) ? choices.detail : 'auto';
      detail.disabled = offered.length < 2;
      cropped = choices.cropBox !== null;
      const label = cropped ? 'Whole image: take the crop away' : 'Crop a part of the image';
      crop.textContent = cropped ? 'Whole image' : 'Crop';
      set(crop, { 'aria-label': label, title: label });
    }
  };
}

function inWords(level: string, model: Model): string {
  const name = level.replace('_', ' ');
  return level === 'auto' && model.defaultDetail !== 'auto' ? `auto (${model.defaultDetail.replace('_', ' ')})` : name;
}

function groups(models: readonly Model[]): readonly HTMLElement[] {
  const providers = [...new Set(models.map(model => model.provider))];
  return providers.map(provider =>
    h(
      'optgroup',
      { label: models.find(model => model.provider === provider)?.title ?? provider },
      ...models.filter(model => model.provider === provider).map(model => h('option', { value: model.name }, model.name))
    )
  );
}
