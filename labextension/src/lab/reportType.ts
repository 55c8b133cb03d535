/** The type of reports, alone: the mime renderer starts before everything else and needs no more. */

export const REPORTS_ID = 'headroom-nb:reports';

export const REPORT_MIME = 'application/vnd.headroom.report+json';

export const REPORT_FILE = { name: 'headroom-report', extension: '.headroom.json', display: 'Headroom report' } as const;
