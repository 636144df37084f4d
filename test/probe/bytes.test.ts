import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../src/probe/bytes.ts';

const latin1 = (...bytes: readonly number[]) => Buffer.from(bytes).toString('latin1');

describe('decodeBytes', () => {
  it.each([
    ['', ''],
    ['/tmp/a', '/tmp/a'],
    [Buffer.from('/tmp/ü €').toString('latin1'), '/tmp/ü €'],
    [Buffer.from('/a\n\x1b[31m"b').toString('latin1'), '/a\n\x1b[31m"b'],
    [Buffer.from('\uFEFFbom').toString('latin1'), '\uFEFFbom'],
  ])('%j is text', (bytes, text) => {
    expect(decodeBytes(bytes)).toEqual({ text });
  });

  it.each([
    ['lone byte', latin1(0x2f, 0xff, 0x61), '/\uFFFDa'],
    ['cut character', latin1(0x61, 0xe2, 0x82), 'a\uFFFD'],
    ['surrogate', latin1(0xed, 0xa0, 0x80), '\uFFFD\uFFFD\uFFFD'],
    ['overlong slash', latin1(0xc0, 0xaf), '\uFFFD\uFFFD'],
  ])('%s: shown as U+FFFD, with every byte in base64', (_, bytes, text) => {
    const decoded = decodeBytes(bytes);
    expect(decoded.text).toBe(text);
    expect(Buffer.from(decoded.base64 ?? '', 'base64').toString('latin1')).toBe(bytes);
  });

  it('loses no byte of any name, and goes through JSON', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        const bytes = Buffer.from(array);
        const decoded = JSON.parse(JSON.stringify(decodeBytes(bytes.toString('latin1')))) as ReturnType<
          typeof decodeBytes
        >;
        const back =
          decoded.base64 === undefined ? Buffer.from(decoded.text) : Buffer.from(decoded.base64, 'base64');
        expect(back.equals(bytes)).toBe(true);
      }),
    );
  });
});
