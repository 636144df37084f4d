import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePidStat } from '../../../src/probe/parse/pid-stat.ts';
import { parsePidStatus } from '../../../src/probe/parse/pid-status.ts';
import { parseSmapsFlags } from '../../../src/probe/parse/smaps.ts';
import { stable } from '../../../src/probe/trace/stable.ts';
import { statLine } from '../../support/fake-process.ts';

const own = (name: string): string => readFileSync(`/proc/self/${name}`, 'latin1');

describe('what counts of a text', () => {
  it('of stat is all that is read of it: any other field may change', () => {
    const text = own('stat');
    const close = text.lastIndexOf(') ') + 2;
    const fields = text.slice(close, -1).split(' ');
    const { processor: _, ...read } = parsePidStat(text) ?? {};
    for (const at of fields.keys()) {
      const changed = fields.map((field, i) =>
        i !== at ? field : at === 0 ? 'Q' : String(Number(field) + 1),
      );
      const other = `${text.slice(0, close)}${changed.join(' ')}\n`;
      const { processor, ...now } = parsePidStat(other) ?? {};
      const same = stable('7/stat', text) === stable('7/stat', other);
      if (JSON.stringify(now) === JSON.stringify(read)) expect([at, same]).toEqual([at, true]);
      else expect([at, same]).toEqual([at, false]);
    }
  });

  it.each([
    ['a name', statLine(7, { comm: 'other' })],
    ['a name with a parenthesis', statLine(7, { comm: 'job) S 1' })],
    ['a CPU that is none', statLine(7).replace(/^((?:\S+ ){38})\d+/, '$1-3')],
    ['a field that is none', statLine(7).replace(' 4096 ', ' 4o96 ')],
    ['a field more', statLine(7).replace(' 4096 ', ' 4096 1 ')],
    ['a field less', statLine(7).replace(' 4096 ', ' ')],
    ['no newline', statLine(7).trimEnd()],
    ['nothing', ''],
  ])('of stat: %s', (_, other) => {
    expect(stable('7/stat', other)).not.toBe(stable('7/stat', statLine(7)));
  });

  it('of status is all but memory in use, switches and signals of its user', () => {
    const text = own('status');
    const kept = stable('7/status', text);
    const { fields: all, ...read } = parsePidStatus(text) ?? {};
    const { fields, ...left } = parsePidStatus(kept) ?? {};
    expect(left).toEqual(read);
    const dropped = [...(all ?? new Map()).keys()].filter((key) => !fields?.has(key));
    expect(dropped).toEqual(
      expect.arrayContaining([
        'SigQ',
        'VmRSS',
        'VmPeak',
        'RssAnon',
        'voluntary_ctxt_switches',
        'nonvoluntary_ctxt_switches',
      ]),
    );
    expect(dropped.filter((key) => !/^(Vm|Rss|Huge|SigQ|voluntary|nonvoluntary)/.test(key))).toEqual([]);
    for (const line of kept.split('\n').filter(Boolean)) {
      const other = text.replace(line, `${line}1`);
      expect([line, stable('7/task/8/status', other) === kept]).toEqual([line, false]);
    }
    // of all lines only NoNewPrivs is read by its name
    expect(dropped).not.toContain('NoNewPrivs');
  });

  it('of smaps is where each mapping is, and its flags', () => {
    const text = own('smaps');
    const kept = stable('7/smaps', text);
    expect(parseSmapsFlags(kept)).toEqual(parseSmapsFlags(text));
    expect(parseSmapsFlags(kept).rows.length).toBeGreaterThan(10);
    expect(stable('7/smaps', text.replace(/^Rss: .*$/m, 'Rss:   999999 kB'))).toBe(kept);
    expect(stable('7/smaps', text.replace('VmFlags: rd', 'VmFlags: sl'))).not.toBe(kept);
    expect(stable('7/smaps', text.slice(0, -20))).not.toBe(kept);
  });

  it('of any other text is all of it', () => {
    for (const path of ['7/maps', '7/fdinfo/3', 'filesystems', '7/mountinfo', 'stat', 'status', '7/cgroup'])
      expect(stable(path, 'VmRSS: 1 kB\n7 (x) S 1')).toBe('VmRSS: 1 kB\n7 (x) S 1');
  });
});
