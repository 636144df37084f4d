import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceText, parseDevicePair, parseSdev } from '../../../src/probe/parse/device.ts';
import { labelled, splitFields, trimBlanks } from '../../../src/probe/parse/fields.ts';
import * as numbers from '../../../src/probe/parse/number.ts';
import { decodeOctal } from '../../../src/probe/parse/octal.ts';
import { byte, device, hex, hexDevice, mangled, sdev, u64, word } from './printed.ts';

const safe = fc.nat(Number.MAX_SAFE_INTEGER);
const text = fc.array(byte, { maxLength: 40 }).map((all) => all.join(''));

describe('what rows are made of', () => {
  it('numbers are read back as they were printed', () => {
    fc.assert(
      fc.property(safe, u64, (number, long) => {
        expect(numbers.parseDecimal(String(number))).toBe(number);
        expect(numbers.parseSigned(`-${number}`)).toBe(0 - number);
        expect(numbers.parseHex(hex(number))).toBe(number);
        expect(numbers.parseOctal(number.toString(8))).toBe(number);
        expect(numbers.hexToDecimal(hex(long))).toBe(long);
        expect(numbers.hexToBigint(hex(long))).toBe(BigInt(long));
        expect(numbers.isDecimal(long) && numbers.isSigned(`-${long}`) && numbers.isHex(hex(long))).toBe(
          true,
        );
      }),
    );
  });

  it('and nothing else is a number', () => {
    const read = [numbers.parseDecimal, numbers.parseSigned, numbers.parseHex, numbers.parseOctal] as const;
    const forms = [/^\d+$/, /^-?\d+$/, /^[0-9a-f]+$/i, /^[0-7]+$/];
    fc.assert(
      fc.property(fc.oneof(text, fc.stringMatching(/^[-0-9a-fx ]{0,18}$/)), (any) => {
        for (const [at, parse] of read.entries())
          if (!forms[at]?.test(any)) expect(parse(any)).toBeUndefined();
        expect(numbers.isDecimal(any)).toBe(/^\d{1,20}$/.test(any));
        expect(numbers.isHex(any)).toBe(/^[0-9a-f]{1,16}$/i.test(any));
      }),
    );
  });

  it('devices, in both spellings', () => {
    fc.assert(
      fc.property(device, (one) => {
        expect(parseSdev(sdev(one))).toEqual(one);
        expect(parseDevicePair(hexDevice(deviceText(one)))).toBe(deviceText(one));
      }),
    );
  });

  it('escapes are undone, and a text without any stays', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(decodeOctal(mangled(any, ' \t\n\\#'))).toBe(any);
        if (!any.includes('\\')) expect(decodeOctal(any)).toBe(any);
      }),
    );
  });

  it('fields: nothing is lost but blanks', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 6 }), (any, count) => {
        const fields = splitFields(any, count);
        if (fields !== undefined) expect(fields.join('').replaceAll(' ', '')).toBe(any.replaceAll(' ', ''));
        expect(trimBlanks(` \t${any}\t `)).toBe(trimBlanks(any));
      }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 5 }), (names) => {
        const line = names.map((name, at) => `${name}:${at}`).join(' ');
        for (const [at, name] of names.entries()) expect(labelled(line, `${name}:`)).toBe(String(at));
        expect(labelled(line, 'Absent:')).toBeUndefined();
      }),
    );
  });

  it('none of them throws, whatever the text', () => {
    const all = [...Object.values(numbers), parseSdev, parseDevicePair, decodeOctal, trimBlanks];
    fc.assert(
      fc.property(text, (any) => {
        for (const parse of all) parse(any);
        for (const name of ['', 'a:', any]) labelled(any, name);
      }),
    );
  });
});
