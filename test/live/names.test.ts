import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { escapeControl } from '../../src/server/escape.ts';
import { toWire } from '../../src/server/wire.ts';
import { type Held, hold } from '../support/held.ts';
import { ask, fileOf, reasonsOf, withNative, withoutNative } from '../support/live.ts';

let held: Held;
let reports: readonly Report[];
beforeAll(async () => {
  held = await hold('names', 'own');
  reports = [withNative, withoutNative].map((assess) => ask(assess, held.pid));
});
afterAll(() => held?.stop());

const files = (context: Parameters<Held['of']>[0], name: string) =>
  reports.map((report) =>
    fileOf(JSON.parse(JSON.stringify(toWire(report))) as Report, held.of(context, 'names')[name] ?? -1),
  );

describe('names that a process may choose', () => {
  it.for([
    ['newline', 'a\nb'],
    ['escape', '\x1b[31mred\x1b[0m'],
    ['quotes', `"it's"\\x`],
    ['deleted', 'x (deleted)'],
    ['socket', 'socket:[1]'],
    ['bidi', 'a\u202Etxt.exe'],
  ] as const)('%s goes through JSON as it is', ([name, expected], context) => {
    for (const file of files(context, name)) {
      expect(file).toMatchObject({
        kind: 'regular',
        path: `${held.dir}/${expected}`,
        facts: { deleted: false },
      });
      expect(file).not.toHaveProperty('pathBase64');
    }
  });

  it('bytes that are no UTF-8 come with all of them in base64', (context) => {
    for (const file of files(context, 'bytes')) {
      expect(file.path).toBe(`${held.dir}/a\uFFFD\uFFFD\nb`);
      const bytes = Buffer.from(file.pathBase64 ?? '', 'base64');
      expect(
        bytes.equals(Buffer.concat([Buffer.from(`${held.dir}/a`), Buffer.from([0xff, 0xfe, 0x0a, 0x62])])),
      ).toBe(true);
      expect(file.facts).toMatchObject({ deleted: false, fileType: 'regular', nlink: 1 });
    }
  });

  it('none of them is judged otherwise than a plain name beside it', (context) => {
    const names = held.of(context, 'names');
    const own = held.of(context, 'own').fd ?? -1;
    for (const report of reports) {
      const expected = reasonsOf(report, own);
      for (const fd of Object.values(names)) expect(reasonsOf(report, fd)).toEqual(expected);
    }
  });

  it('metrics are counted by kind and reason alone', () => {
    for (const { rejected } of reports) {
      expect(JSON.stringify(rejected)).not.toContain(held.dir);
      expect(JSON.stringify(rejected)).not.toContain('socket:[1]');
    }
  });

  it('text shows no byte that drives a terminal', (context) => {
    for (const name of ['newline', 'escape', 'bidi', 'bytes']) {
      for (const { path } of files(context, name)) {
        expect([...escapeControl(path)].filter((letter) => /[\p{Cc}\p{Cf}]/u.test(letter))).toEqual([]);
      }
    }
  });
});
