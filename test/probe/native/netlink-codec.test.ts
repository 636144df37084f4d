import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeAttributes,
  decodeMessages,
  decodeText,
  decodeUint32s,
  encodeAttribute,
  encodeMessage,
} from '../../../src/probe/native/netlink-codec.ts';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

describe('messages', () => {
  it('writes struct nlmsghdr', () => {
    const message = encodeMessage({ type: 20, flags: 0x301, sequence: 7, body: hex('010203') });
    expect(message.toString('hex')).toBe('13000000140001030700000000000000' + '01020300');
  });

  it('reads an acknowledgement as Linux 6.18 sends it', () => {
    const bytes = hex('2400000002000001050000008d6a00000000000010000000010005000500000000000000');
    expect(decodeMessages(bytes)).toEqual([
      { type: 2, flags: 0x100, sequence: 5, body: hex('0000000010000000010005000500000000000000') },
    ]);
  });

  it('reads back what it wrote, one after another', () => {
    const message = fc.record({
      type: fc.integer({ min: 0, max: 0xffff }),
      flags: fc.integer({ min: 0, max: 0xffff }),
      sequence: fc.integer({ min: 0, max: 0xffffffff }),
      body: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
        expect(decodeMessages(Buffer.concat(messages.map(encodeMessage)))).toEqual(messages);
      }),
    );
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decodeMessages(Buffer.from(bytes));
        decodeAttributes(Buffer.from(bytes));
      }),
    );
  });

  it('refuses what is cut off or shorter than its header', () => {
    expect(decodeMessages(hex('14000000030002000600'))).toBeUndefined();
    expect(decodeMessages(hex('14000000030002000600000000000000'))).toBeUndefined();
    expect(decodeMessages(hex('00000000030002000600000000000000'))).toBeUndefined();
    expect(decodeMessages(hex(''))).toEqual([]);
  });
});

describe('attributes', () => {
  it('are padded, found by type without its flags, and views', () => {
    const bytes = Buffer.concat([
      encodeAttribute(3, Buffer.from('lo\0')),
      encodeAttribute(0x8012, encodeAttribute(1, Buffer.from('veth\0'))),
    ]);
    expect(bytes.toString('hex')).toBe('070003006c6f0000' + '10001280' + '0900010076657468' + '00000000');
    const attributes = decodeAttributes(bytes);
    expect([...attributes.keys()]).toEqual([3, 0x12]);
    expect(decodeText(attributes.get(3) ?? Buffer.alloc(0))).toBe('lo');
    expect(attributes.get(3)?.buffer).toBe(bytes.buffer);
  });

  it('leave out what is cut off', () => {
    expect([...decodeAttributes(hex('05000600 00000000 0c000400 0500')).keys()]).toEqual([6]);
    expect([...decodeAttributes(hex('03000600 00000000')).keys()]).toEqual([]);
  });

  it('hold texts and numbers', () => {
    expect(decodeText(hex('6f6f'))).toBe('oo');
    expect(decodeText(hex('ff00ff'))).toBe('\xff');
    expect(decodeUint32s(hex('01000000 ffffffff 02'))).toEqual([1, 0xffffffff]);
  });
});
