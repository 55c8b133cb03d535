/** What a person may change in the decisions of a report. */

import type { TechniqueName } from '../report/report';
import type { Box } from './cropBox';

/** What a person may change; called with the indices of images. */
export interface DecisionEdits {
  /** Choose a technique for images, or null for what the router says. */
  choose(indices: readonly number[], technique: TechniqueName | null): void;
  /** Send an image in one of its forms, named by its label. */
  take(index: number, form: string): void;
  /** Cut a region out of an image. */
  cut(index: number, box: Box): void;
  /** Decide an image by another question. */
  ask(index: number, question: string): void;
}
