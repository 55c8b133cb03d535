/** The widget around the table of decisions: edits go to the kernel, which answers with a new report. */

import type { AnyModel } from '@anywidget/types';
import { boxPicker } from '../views/boxPicker';
import type { Box } from '../views/cropBox';
import { decisionTable } from '../views/decisionTable';
import type { DecisionTable } from '../views/decisionTable';
import { atEnd, h } from '../views/dom';
import { sentence } from '../views/pictures';
import type { Report, TechniqueName } from '../report/report';
import { bulkActions } from './bulkActions';
import { exportMenu } from './exportMenu';
import type { ExportFormat } from './exportMenu';
import { historyButtons } from './historyButtons';
import { ask } from './kernel';
import { kernelPictures } from './kernelPictures';

/** Reading a page's text takes seconds, and the kernel may be in the middle of a cell. */
const PATIENCE = 180_000;

/** Draw a compression into an element until the signal aborts. */
export function compressionView(model: AnyModel, element: HTMLElement, signal: AbortSignal): void {
  const waiting = new Map<number, number>();
  const report = (): Report => model.get('report') as Report;
  let table: DecisionTable | null = null;

  const count = (indices: readonly number[], by: number): void => {
    for (const index of indices) {
      waiting.set(index, (waiting.get(index) ?? 0) + by);
    }
    table?.busy(new Set([...waiting].filter(([, open]) => open > 0).map(([index]) => index)));
  };
  const send = async (name: string, content: Record<string, unknown>, indices: readonly number[]): Promise<void> => {
    count(indices, 1);
    for (const index of indices) {
      table?.problem(index, '');
    }
    try {
      await ask(model, name, content, { signal, patience: PATIENCE });
    } catch (error) {
      if (!signal.aborted) {
        indices.forEach((index, place) => table?.problem(index, place === 0 ? sentence(error) : 'Not changed.'));
      }
    } finally {
      count(indices, -1);
    }
  };
  const edit = {
    choose(images: readonly number[], technique: TechniqueName | null) {
      void send('choose', { images, technique }, images);
    },
    take(image: number, form: string) {
      void send('form', { image, form }, [image]);
    },
    cut(image: number, box: Box) {
      void send('box', { image, box }, [image]);
    },
    ask(image: number, question: string) {
      void send('question', { image, question }, [image]);
    }
  };

  const root = h('div', { class: 'headroom' });
  const step = (name: 'undo' | 'redo'): void => {
    void send(name, {}, report().images.map((_, index) => index));
  };
  const toolbar = h(
    'div',
    { class: 'headroom-toolbar', role: 'group', 'aria-label': 'All images' },
    bulkActions(report, edit, signal),
    historyButtons(model, root, step, signal),
    exportMenu(model, model.get('formats') as readonly ExportFormat[], signal)
  );
  const pictures = kernelPictures(model);
  table = decisionTable(report(), {
    pictures,
    signal,
    edit,
    toolbar,
    under: (image, index, stop) => boxPicker(image, index, pictures, box => { edit.cut(index, box); }, stop)
  });
  const changed = (): void => {
    table.update(report());
  };
  model.on('change:report', changed);
  root.append(table.element);
  element.append(root);
  atEnd(signal, () => {
    model.off('change:report', changed);
    root.remove();
  });
}
