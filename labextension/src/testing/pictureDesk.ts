/** Images for tests, which counts the addresses that were given out and not handed back. */

import type { PictureSource } from '../report/report';

export interface PictureDesk extends PictureSource {
  readonly open: Set<string>;
  readonly asked: string[];
}

/** Return images whose addresses are counted; `refuse` makes every load fail with its words. */
export function pictureDesk(refuse = ''): PictureDesk {
  const open = new Set<string>();
  const asked: string[] = [];
  let number = 0;
  const give = (what: string): Promise<string> => {
    asked.push(what);
    if (refuse !== '') {
      return Promise.reject(new Error(refuse));
    }
    const address = `blob:${++number}`;
    open.add(address);
    return Promise.resolve(address);
  };
  return {
    open,
    asked,
    load: (index, which) => give(`${which} ${index}`),
    thumbnail: (index, which) => give(`small ${which} ${index}`),
    text: index => Promise.resolve(`all the text of ${index}`),
    release(address) {
      open.delete(address);
    }
  };
}

/** Let everything that waits for a promise go on. */
export async function settle(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 0));
}
