/** What a person may change in the decisions of a report. */

import type { TechniqueName } from '../report/report';

/** What a person may change; called with the indices of images. */
export interface DecisionEdits {
  /** Choose a technique for images, or null for what the router says. */
  choose(indices: readonly number[], technique: TechniqueName | null): void;
  /** Decide an image by another question. */
  ask(index: number, question: string): void;
}
