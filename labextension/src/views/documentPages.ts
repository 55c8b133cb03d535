/** The documents of a report: one fold each, with a grid of its pages. */

import { h } from './dom';
import { change } from '../report/format';
import type { Report } from '../report/report';

/** Return a fold for each document; `open` holds the paths of the open ones, and `changed` is called when it changes. */
export function documentPages({ documents = [] }: Report, open: Set<string>, changed: () => void): HTMLElement[] {
  return documents.map(({ name, path, original_tokens, compressed_tokens, exact, note, error, pages }) => {
    const fold = h(
      'details',
      { class: 'headroom-document' },
      h('summary', {}, `${name || path}: ${change(original_tokens, compressed_tokens, exact, exact)} tokens`),
      h('p', { class: 'headroom-faint' }, error ?? note),
      h(
        'ol',
        {},
        ...pages.map(page =>
          h(
            'li',
            { title: page.why },
            h('strong', {}, `Page ${page.page}`),
            ` ${page.form} · ${change(page.original_tokens, page.compressed_tokens, exact, exact)}`
          )
        )
      )
    );
    fold.open = open.has(path);
    fold.addEventListener('toggle', () => {
      open[fold.open ? 'add' : 'delete'](path);
      changed();
    });
    return fold;
  });
}
