/** Finding the message list that a cell assigns, without a parser: the last name assigned at the start of a line. */

const ASSIGNED = /^([A-Za-z_]\w*)\s*(?::[^=]+)?=(?!=)/;
const STRING_START = /(?:'''|""")/g;
const MESSAGES_LIKE = /\b(?:role|content|contents|image_url|user_message|messages|parts|inline_data)\b/;

/** Return the name that holds the messages, or null. */
export function assignedName(source: string): string | null {
  let found: string | null = null;
  let quoted = false;
  for (const line of source.split('\n')) {
    const name = quoted ? undefined : ASSIGNED.exec(line)?.[1];
    if (name !== undefined && !name.startsWith('_')) {
      found = name;
    }
    // An odd number of triple quotes opens or closes a text that goes on.
    if ((line.match(STRING_START)?.length ?? 0) % 2 === 1) {
      quoted = !quoted;
    }
  }
  return found;
}

/** Whether a cell looks as if it built messages: then the button is worth its place. */
export function looksLikeMessages(source: string): boolean {
  const name = assignedName(source);
  return name !== null && MESSAGES_LIKE.test(source) && !source.trimStart().startsWith('%%');
}

/** Whether a cell's source has to do with the package, so that running it may load it. */
export function mentionsHeadroom(source: string): boolean {
  return source.includes('headroom');
}

const LOADS = /^\s*%load_ext\s+headroom_nb\b/m;

/** Whether any of the sources loads the magics. */
export function loadsHeadroom(sources: Iterable<string>): boolean {
  for (const source of sources) {
    if (LOADS.test(source)) {
      return true;
    }
  }
  return false;
}
