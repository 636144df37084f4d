import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilesystems } from '../../../src/probe/parse/filesystems.ts';
import { parseLimits } from '../../../src/probe/parse/limits.ts';
import { parseSmapsFlags } from '../../../src/probe/parse/smaps.ts';
import { byte, bytes, u32, word } from './printed.ts';
import { type Printed, smaps, tables } from './printed-tables.ts';

const few = <T>(rows: fc.Arbitrary<T>) => fc.array(rows, { minLength: 1, maxLength: 5 });
const textOf = (titles: string, rows: readonly { readonly text: string }[]) =>
  titles + rows.map(({ text }) => text).join('');
const valuesOf = (rows: readonly Printed<unknown>[]) => rows.map(({ row }) => row);
/** What becomes of a line: cut, a byte of it another, replaced, emptied. */
const damages: fc.Arbitrary<(line: string) => string> = fc.oneof(
  fc.nat(200).map((at) => (line: string) => line.slice(0, at % line.length)),
  fc.nat(200).map((at) => (line: string) => line.slice(at % line.length)),
  fc.tuple(fc.nat(200), byte).map(([at, one]) => (line: string) => {
    const place = at % line.length;
    return line.slice(0, place) + (one === '\n' ? ' ' : one) + line.slice(place + 1);
  }),
  bytes(/\n/g, 40).map((noise) => () => noise),
);

describe('what the kernel prints of rows is parsed to these rows', () => {
  it.each([...tables, { name: 'smaps', titles: '', rows: smaps, parse: parseSmapsFlags }])(
    '$name',
    ({ titles, rows, parse }) => {
      fc.assert(
        fc.property(few(rows), (all) => {
          expect(parse(textOf(titles, all))).toEqual({ rows: valuesOf(all), bad: 0 });
        }),
      );
    },
  );

  it('filesystems', () => {
    const rows = fc.dictionary(word, fc.boolean(), { minKeys: 1 });
    fc.assert(
      fc.property(rows, (all) => {
        const lines = Object.entries(all).map(([type, device]) => `${device ? '' : 'nodev'}\t${type}\n`);
        expect(Object.fromEntries(parseFilesystems(lines.join('')))).toEqual(all);
      }),
    );
  });

  it('limits', () => {
    const value = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), u32);
    const rows = fc.dictionary(word, fc.record({ soft: value, hard: value }), { minKeys: 1 });
    const column = (limit: number) => (Number.isFinite(limit) ? String(limit) : 'unlimited').padEnd(20);
    fc.assert(
      fc.property(rows, (all) => {
        const lines = Object.entries(all).map(
          ([limit, { soft, hard }]) => `${limit.padEnd(25)} ${column(soft)} ${column(hard)} bytes     \n`,
        );
        expect(Object.fromEntries(parseLimits(`Limit                     Soft\n${lines.join('')}`))).toEqual(
          all,
        );
      }),
    );
  });
});

describe('a damaged line is counted or is a row, and never changes another', () => {
  it.each(tables)('$name', ({ titles, rows, parse, continues = false }) => {
    fc.assert(
      fc.property(few(rows), fc.nat(), damages, (all, at, damage) => {
        const place = at % all.length;
        const line = damage(all[place]?.text.slice(0, -1) ?? '');
        const text = textOf(titles, all.with(place, { row: undefined, text: `${line}\n` }));
        // what begins as the titles do is taken for them in the first line
        fc.pre(place > 0 || titles !== '' || line !== '');
        const found = parse(text);
        const values = valuesOf(all);
        const above = values[place - 1] as { readonly path?: string } | undefined;
        if (continues && found.bad === 0 && found.rows.length === all.length - 1) {
          // told by the newline in its name
          const continued = { ...above, path: `${above?.path}\n${line}` };
          expect(found.rows).toEqual(values.toSpliced(place - 1, 2, continued));
          return;
        }
        expect(found.rows.length + found.bad).toBe(all.length);
        const others = found.bad === 0 ? found.rows.toSpliced(place, 1) : found.rows;
        expect(others).toEqual(values.toSpliced(place, 1));
      }),
      { numRuns: 200 },
    );
  });

  it.each(tables)('$name: nor does a line that was cut off in the midst of it', ({ titles, rows, parse }) => {
    fc.assert(
      fc.property(few(rows), fc.nat(), (all, at) => {
        const last = all.at(-1)?.text ?? '';
        const whole = textOf(titles, all);
        const found = parse(whole.slice(0, whole.length - 1 - (at % (last.length - 1))));
        expect(found).toEqual({ rows: valuesOf(all.slice(0, -1)), bad: 1 });
      }),
    );
  });
});
