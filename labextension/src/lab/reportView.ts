/** A report as one element; what is none gives a panel that says why. */

import { checkReport, ReportProblem } from '../report/checkReport';
import { decisionTable } from '../views/decisionTable';
import { h } from '../views/dom';
import { storedPictures } from '../views/pictures';
import { addStyle } from './style';

/** Draw what is said to be a report; it lives until `signal` aborts. */
export function drawReport(value: unknown, signal: AbortSignal): HTMLElement {
  addStyle();
  try {
    const report = checkReport(value);
    const { element } = decisionTable(report, { pictures: storedPictures(report), signal });
    return h('section', { class: 'headroom', 'aria-label': 'Headroom report' }, element);
  } catch (error) {
    if (error instanceof ReportProblem) {
      return problemPanel(error.message);
    }
    throw error;
  }
}

/** A sentence about what went wrong. */
export function problemPanel(sentence: string): HTMLElement {
  return h('section', { class: 'headroom headroom-lab-problem', role: 'alert' }, sentence);
}
