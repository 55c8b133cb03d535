import { expect, test } from 'vitest';
import { BrokenPicture, MORE, readHeader } from './header';
import samples from './samples.json';

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
}

test.each(samples)('$name is read as in Python', ({ data, size }) => {
  const file = bytes(data);
  if (size === null) {
    expect(() => readHeader(file, true)).toThrow(BrokenPicture);
  } else {
    expect(readHeader(file, true)).toMatchObject({ size });
  }
});

test.each(samples.filter(sample => sample.size !== null))('$name: a beginning says the same, or asks for more', sample => {
  const file = bytes(sample.data);
  let answered = 0;
  for (let length = 16; length < file.length; length++) {
    const header = readHeader(file.subarray(0, length), false);
    if (header !== MORE) {
      answered++;
      expect(header.size).toEqual(sample.size);
    }
  }
  if (!['gif', 'webp turned'].includes(sample.name)) {
    expect(answered).toBeGreaterThan(0);
  }
});

test('a file that is cut short is refused in words', () => {
  const file = bytes(samples.find(sample => sample.name === 'jpeg cut')?.data ?? '');
  expect(() => readHeader(file, true)).toThrow('This JPEG file is cut short.');
});
