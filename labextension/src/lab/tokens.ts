/** Names that others see: of plugins, commands, types and places. */

export const PACKAGE = 'headroom-nb';

export const PluginId = {
  settings: `${PACKAGE}:plugin`,
  reports: `${PACKAGE}:reports`
} as const;

export const REPORT_MIME = 'application/vnd.headroom.report+json';

export const REPORT_FILE = { name: 'headroom-report', extension: '.headroom.json', display: 'Headroom report' } as const;
