/** The table's name of a model, however a request spells it: with a host, a provider, a date. See costs/names.py. */

import { findModel } from '../costs';
import { ALIASES, SPELLING } from '../costs/constants';

const HOST = new RegExp(SPELLING.host);
const SUFFIX = new RegExp(SPELLING.suffix);
const PROVIDER = new RegExp(SPELLING.provider);
const OTHER_NAMES: Readonly<Record<string, string>> = ALIASES;

/** Return the name by which the table knows a model; null where it does not. */
export function tableName(spelled: string): string | null {
  for (const name of spellings(spelled)) {
    const found = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : findModel(name)?.name;
    if (found !== undefined) {
      return found;
    }
  }
  return null;
}

/** The name as it stands, then without host prefixes, then with dates and versions taken off one by one. */
function spellings(spelled: string): string[] {
  const whole = normal(spelled);
  let name = lastPart(whole).trim().replace(PROVIDER, '');
  const found = [whole, name];
  if (name.startsWith('ft:')) {
    name = name.split(':')[1] ?? '';
    found.push(name);
  }
  name = name.replace(HOST, '');
  found.push(name);
  for (let shorter = name.replace(SUFFIX, ''); shorter !== name; shorter = name.replace(SUFFIX, '')) {
    name = shorter;
    found.push(name);
  }
  return found;
}

function normal(spelled: string): string {
  const lowered = spelled.trim().toLowerCase();
  return lastPart(lowered).startsWith('claude') ? lowered.replaceAll('.', '-') : lowered;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
