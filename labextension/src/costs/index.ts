/** What images cost, in the browser: the same rules and constants as in Python. */

export type { Billed } from './arithmetic';
export type { Stop, Step } from './boundaries';
export { boundaries, shaped, steps } from './boundaries';
export type { Grid } from './grid';
export { grid, unitCount } from './grid';
export type { Level, Model, ModelRow } from './models';
export { detailsOf, readRow, resolveDetail, usdPerMillion } from './models';
export type { Estimate } from './pricing';
export { cost, estimate, isAccepted } from './pricing';
export { RefusedError } from './rules';
export { defaultModels, findModel, models, providerTitle } from './table';
