/** What the extension's plugins give each other. */

import { Token } from '@lumino/coreutils';
import { PACKAGE } from './ids';
import type { SessionLink } from './sessionLink';
import type { SettingsSource } from './settings';

/** Settings of the extension, as they are now. */
export const ISettings = new Token<SettingsSource>(`${PACKAGE}:ISettings`, 'Settings of the Headroom extension.');

/** The line to the kernel in front; null where there are no notebooks. */
export const ISessionLink = new Token<SessionLink | null>(`${PACKAGE}:ISessionLink`, 'The kernel’s word on its session.');
