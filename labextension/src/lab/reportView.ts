/** A report as one element: totals, the table of decisions, the pictures side by side. */

import { checkReport, ReportProblem } from '../report/checkReport';
import { h } from '../views/dom';
import { change, percent, tokens, usd } from '../views/format';
import type { Report } from '../views/report';
import { addStyle } from './style';

/** Draw what is said to be a report; what is none gives a panel that says why. */
export function drawReport(value: unknown): HTMLElement {
  addStyle();
  try {
    return draw(checkReport(value));
  } catch (error) {
    if (error instanceof ReportProblem) {
      return h('div', { class: 'headroom headroom-problem', role: 'alert' }, error.message);
    }
    throw error;
  }
}

function draw(report: Report): HTMLElement {
  const { totals } = report;
  return h(
    'section',
    { class: 'headroom headroom-report-view', 'aria-label': 'Headroom report' },
    h('h2', {}, `Image tokens: ${change(totals.original_tokens, totals.compressed_tokens)}`),
    h('p', {}, `${report.model}, ${percent(totals.savings_percent / 100)}, ${usd(totals.savings_usd)}`),
    h(
      'table',
      {},
      ...report.images.map(image =>
        h('tr', {}, h('td', {}, image.path), h('td', {}, image.technique), h('td', {}, tokens(image.compressed_tokens)))
      )
    )
  );
}
