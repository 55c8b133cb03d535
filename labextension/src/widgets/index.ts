/** The one module of all widgets; a Python class says by its `kind` which view it wants. */

import '../views/theme.css';
import '../views/controls.css';
import '../views/decisions.css';
import '../views/explorer.css';
import '../views/forms.css';
import { h } from '../views/dom';
import { compressionView } from './compressionView';
import { heedKernel } from './kernel';
import { keepKeys } from './shortcuts';
import { renderTileExplorer } from './tileExplorer';
import type { Render, RenderProps } from '@anywidget/types';

export type Host = RenderProps<Record<string, unknown>> & { readonly signal?: AbortSignal };

const VIEWS: Readonly<Record<string, Render>> = {
  compression: ({ model, el, signal }) => {
    compressionView(model, el, signal);
  },
  tiles: renderTileExplorer
};

/** Draw a widget's model into an element; anywidget's entry point. */
const render: Render = props => {
  const kind = String(props.model.get('kind'));
  const view = VIEWS[kind];
  if (view === undefined) {
    props.el.append(h('p', { role: 'alert' }, `This build of headroom_nb has no view “${kind}”.`));
    return;
  }
  heedKernel(props.model, props.signal);
  keepKeys(props.el, props.signal);
  return view(props);
};

export default { render };
