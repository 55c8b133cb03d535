/** Names that others see: of plugins, commands and places. */

export const PACKAGE = 'headroom-nb';

export const PluginId = {
  settings: `${PACKAGE}:plugin`,
  files: `${PACKAGE}:files`,
  notebooks: `${PACKAGE}:notebooks`,
  session: `${PACKAGE}:session`,
  bill: `${PACKAGE}:bill`,
  palette: `${PACKAGE}:palette`,
  widgets: `${PACKAGE}:widgets`
} as const;

export const CommandId = {
  estimate: 'headroom:estimate',
  smallerCopy: 'headroom:smaller-copy',
  compressCell: 'headroom:compress-cell',
  lastReport: 'headroom:open-last-report',
  toggleAuto: 'headroom:toggle-auto',
  showBill: 'headroom:show-bill'
} as const;

/** Where the kernel answers; the same name as in Python's `session_comm`. */
export const COMM_TARGET = 'headroom_nb.session';

/** Addresses of the server's part, under its base. */
export const COPY_ADDRESS = 'headroom-nb/smaller-copy';
export const BEGINNINGS_ADDRESS = 'headroom-nb/beginnings';
