/** Reading numbers out of bytes; a read past the end throws `Short`. */

/** The bytes at hand end before what is looked for. */
export class Short extends Error {}

export class Bytes {
  private readonly view: DataView;

  constructor(readonly data: Uint8Array) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  get length(): number {
    return this.data.length;
  }

  u8(at: number): number {
    this.hold(at, 1);
    return this.view.getUint8(at);
  }

  u16(at: number, little = false): number {
    this.hold(at, 2);
    return this.view.getUint16(at, little);
  }

  u24(at: number): number {
    return this.u16(at, true) | (this.u8(at + 2) << 16);
  }

  u32(at: number, little = false): number {
    this.hold(at, 4);
    return this.view.getUint32(at, little);
  }

  /** Whether these bytes stand at a place; false where there are fewer. */
  is(at: number, text: string): boolean {
    for (let index = 0; index < text.length; index++) {
      if (this.data[at + index] !== text.charCodeAt(index)) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of a range; throws where they are not all there. */
  slice(start: number, end: number): Bytes {
    this.hold(start, end - start);
    return new Bytes(this.data.subarray(start, end));
  }

  private hold(at: number, count: number): void {
    if (at < 0 || at + count > this.data.length) {
      throw new Short();
    }
  }
}
