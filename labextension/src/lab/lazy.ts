/** Everything that draws, loaded with the first view as one piece: nothing of it costs time at the start. */

export { catalogAt, chosen } from '../estimate/catalog';
export { billView } from '../estimate/billView';
export { picturesOfCell } from '../estimate/notebooks';
export { copiedSentence, writeSmallerCopy } from './copies';
export { EstimatePanel, titleOf } from './estimatePanel';
export { Files } from './files';
export { lastReport, reportTab } from './reportPanel';
export { drawReport } from './reportView';
export { addStyle } from './style';
