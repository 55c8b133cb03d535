/** The billing rules by the names the model table uses. */

import type { Size } from '../report/report';
import type { Billed } from './arithmetic';
import * as rules from './rules';
import * as open from './rulesOpen';

export type Constants = Readonly<Record<string, unknown>>;

/** Each takes constants of its own; the generated table is what fits them to it. */
type Rule = (size: Size, constants: never) => Billed;

const RULES: Readonly<Record<string, Rule>> = {
  'openai-patch': rules.openaiPatch,
  'openai-tile': rules.openaiTile,
  'anthropic-grid': rules.anthropicGrid,
  'gemini-grid': rules.geminiGrid,
  'gemini-tiles': rules.geminiTiles,
  flat: rules.flat,
  area: open.area,
  'area-table': open.areaTable,
  'mistral-grid': open.mistralGrid,
  'smart-resize': open.smartResize,
  'kimi-grid': open.kimiGrid,
  'preview-tiles': open.previewTiles,
  'llama3-tiles': open.llama3Tiles,
  'llama4-tiles': open.llama4Tiles,
  'deepseek-vl2-tiles': open.deepseekTiles
};

/** Apply a rule by name; `constants` are all that the rule takes. */
export function bill(rule: string, size: Size, constants: Constants): Billed {
  const found = RULES[rule];
  if (found === undefined) {
    throw new RangeError(`no billing rule ${rule}`);
  }
  return found(size, constants as never);
}
