/**
 * The explorer: an image under its grid, the controls, and the figures, for any host.
 *
 *     const view = tileExplorer(host, choices, signal);
 *     parent.append(view.element); view.show(otherChoices);
 *
 * Everything is reckoned here; a host is asked for the image once, and for what only a kernel can measure. Style:
 * views/explorer.css.
 */

import { detailsOf } from '../costs';
import { selected } from './cropBox';
import type { Box } from './cropBox';
import { atEnd, h } from './dom';
import { explorerBar } from './explorerBar';
import { explorerPanel } from './explorerPanel';
import type { Catalog, Choices, Outcome, TextFacts } from './explorerState';
import { outcome, stopsFor } from './explorerState';
import { imageSteps } from './imageSteps';
import type { Steps } from './imageSteps';
import { pixels } from '../report/format';
import { sentence } from './pictures';
import { regionField } from './regionField';
import type { Region } from './regionField';
import type { Size } from '../report/report';
import { loadPicture, seenBy } from './screenPicture';
import type { LoadedPicture } from './screenPicture';
import { tileGrid } from './tileGrid';
import { useBox } from './useBox';
import type { BoxUse } from './useBox';

export interface ExplorerHost {
  readonly label: string;
  readonly size: Size;
  /** The picture's file. */
  readonly picture: (signal: AbortSignal) => Promise<Blob>;
  /** The image as small as a screen needs, where its file takes longer; null where it does not. */
  readonly preview?: (signal: AbortSignal) => Promise<Blob | null>;
  /** Models to choose between; the present one alone until they are there. */
  readonly catalog?: (signal: AbortSignal) => Promise<Catalog>;
  /** How high its text is; absent where nobody can measure it. */
  readonly text?: (signal: AbortSignal) => Promise<TextFacts>;
  /** The part a question names. */
  readonly region?: (question: string, signal: AbortSignal) => Promise<Region>;
  /** The other images, where there are several. */
  readonly steps?: Steps;
  /** Makes the box the crop of an image in a result; absent where none is shown. */
  readonly use?: BoxUse | undefined;
  /** Told of what a person changes; `done` when a movement has ended. */
  readonly changed: (choices: Choices, done: boolean) => void;
}

export interface TileExplorer {
  readonly element: HTMLElement;
  show(choices: Choices): void;
}

const SETTLE = 120;

export function tileExplorer(host: ExplorerHost, first: Choices, signal: AbortSignal): TileExplorer {
  const { size } = host;
  const stops = stopsFor();
  let choices = first;
  let catalog: Catalog = { models: [first.model], compared: [] };
  let found: Outcome = outcome(choices, size);
  let early: LoadedPicture | null = null;
  let picture: LoadedPicture | null = null;
  let modelView = false;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let seen: { close(): void } | null = null;
  let turn = 0;

  const stage = tileGrid({
    size,
    label: `${host.label}, ${pixels(size)}`,
    signal,
    onCrop: (cropBox, done) => {
      change({ cropBox }, done);
    }
  });
  const onModel = (name: string): void => {
    const model = catalog.models.find(each => each.name === name);
    if (model !== undefined) {
      const offered = detailsOf(model).includes(choices.detail);
      change({ model, detail: offered ? choices.detail : 'auto' }, true);
    }
  };
  const setCrop = (cropBox: Box | null): void => {
    stage.setCrop(cropBox);
    change({ cropBox }, true);
  };
  const onLongSide = (longSide: number | null, done: boolean): void => {
    change({ longSide }, done);
  };
  const onDetail = (detail: string): void => {
    change({ detail }, true);
  };
  const onWhole = (): void => {
    setCrop(null);
  };
  const onModelView = (on: boolean): void => {
    modelView = on;
    void showModelView();
  };
  const onQuestion = (words: string): void => {
    change({ question: words }, true);
  };
  const { addCrop: onCrop, zoom: onZoom, fit: onFit } = stage;
  const panel = explorerPanel({ onLongSide, onModel }, signal);
  const bar = explorerBar({ onModel, onDetail, onCrop, onWhole, onZoom, onFit, onModelView }, signal);
  const question = regionField(host.region, { onQuestion, onRegion: setCrop }, signal);
  const using = useBox(host.use, signal);
  const problem = h('p', { class: 'headroom-problem', role: 'alert', hidden: true });
  const fail = (error: unknown): void => {
    if (!signal.aborted) {
      problem.textContent = sentence(error);
      problem.hidden = false;
    }
  };
  const element = h(
    'section',
    { class: 'headroom headroom-explorer', 'aria-label': `What ${host.label} costs` },
    imageSteps(host.steps, fail, signal),
    bar.element,
    h(
      'div',
      { class: 'headroom-x-columns' },
      h('div', {}, stage.element, problem, question.element, using.element),
      panel.element
    )
  );
  element.style.setProperty('--hr-shape', String(size[0] / size[1]));

  function change(part: Partial<Choices>, done: boolean): void {
    choices = { ...choices, ...part };
    refresh(done);
    host.changed(choices, done);
  }

  function refresh(settled: boolean): void {
    found = outcome(choices, size);
    stage.setGrid(found.bill?.grid ?? null);
    using.show(choices.cropBox !== null);
    panel.show(found);
    clearTimeout(settling);
    if (settled) {
      settle();
    } else {
      settling = setTimeout(settle, SETTLE);
    }
  }

  function settle(): void {
    bar.show(choices);
    question.show(choices.question);
    panel.settle(found, choices, stops(found.whole, choices.model, choices.detail), catalog.compared);
    void showModelView();
  }

  /** Show the image as the provider resizes it, or as it is. */
  async function showModelView(): Promise<void> {
    const mine = ++turn;
    const { bill, sent } = found;
    const made =
      !modelView || picture === null || bill === null
        ? null
        : await seenBy(picture.full, selected(choices.cropBox, size), smaller(bill.estimate.sentSize, sent));
    if (mine !== turn || signal.aborted) {
      made?.close();
      return;
    }
    stage.setModelView(made);
    seen?.close();
    seen = made;
  }

  async function load(): Promise<void> {
    element.setAttribute('aria-busy', 'true');
    try {
      const preview = (await host.preview?.(signal)) ?? null;
      early = preview === null ? null : await loadPicture(preview, signal);
      if (early !== null) {
        stage.setPicture(early.full, early.small);
      }
      picture = await loadPicture(await host.picture(signal), signal);
      stage.setPicture(picture.full, picture.small);
      early?.close();
      void showModelView();
      const facts = await host.text?.(signal);
      if (facts !== undefined) {
        panel.setText(facts);
      }
    } catch (error) {
      fail(error);
    } finally {
      element.removeAttribute('aria-busy');
    }
  }

  async function offer(): Promise<void> {
    try {
      const offered = await host.catalog?.(signal);
      if (offered !== undefined && !signal.aborted) {
        const known = offered.models.some(model => model.name === first.model.name);
        catalog = known ? offered : { ...offered, models: [first.model, ...offered.models] };
        bar.setModels(catalog.models);
        settle();
      }
    } catch {
      // the picture's own problem is shown; the present model goes on alone
    }
  }

  atEnd(signal, () => {
    clearTimeout(settling);
    early?.close();
    picture?.close();
    seen?.close();
  });
  stage.setCrop(choices.cropBox);
  refresh(true);
  void offer();
  void load();

  return {
    element,
    show(next) {
      const moved = next.cropBox !== choices.cropBox;
      choices = next;
      if (moved) {
        stage.setCrop(next.cropBox);
      }
      refresh(true);
    }
  };
}

function smaller(one: Size, other: Size): Size {
  return [Math.min(one[0], other[0]), Math.min(one[1], other[1])];
}

