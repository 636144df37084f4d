import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { bodyReader, headOf } from '../../src/server/body.ts';
import { bounded } from '../../src/server/bounded.ts';
import { bytesOf } from '../../src/server/engine-child.ts';
import { createOutbox } from '../../src/server/outbox.ts';
import { findings, report } from './fixture.ts';

describe('bodyReader', () => {
  it('gives each answer its bytes, whether they came before it was asked or after', async () => {
    const stream = new PassThrough();
    const read = bodyReader(stream);
    const text = async (bytes: number) => Buffer.concat((await read(bytes)).chunks).toString();
    stream.write('first');
    await new Promise(setImmediate);
    expect(await text(5)).toBe('first');
    const second = text(6);
    stream.write('sec');
    await new Promise(setImmediate);
    stream.write('ond');
    expect(await second).toBe('second');
    expect(await text(0)).toBe('');
  });
});

describe('headOf', () => {
  it('is short, and has all that is counted', () => {
    const unread = Array.from({ length: 5000 }, (_, pid) => ({
      pid,
      call: 'stat',
      errno: 'EACCES',
      facts: [],
    }));
    const head = headOf({ ...report, unread });
    expect([head.findings, head.processes, head.parts]).toEqual([[], [], []]);
    expect(head.unread).toHaveLength(1000);
    const { counts, rejected, verdict, policy, target } = report;
    expect(head).toMatchObject({ counts, rejected, verdict, policy, target });
  });
});

describe('bounded', () => {
  const many: Report = {
    ...report,
    findings: [findings.refused, findings.odd, findings.tcp],
    parts: [{ ...report, findings: [findings.refused, findings.odd], parts: [] }],
  };
  const files = report.processes.reduce((sum, process) => sum + process.files.length, 0);
  const rows = ({ findings: own, processes, parts }: Report): number[] => [
    own.length,
    ...processes.map((process) => process.files.length),
    ...parts.flatMap(rows),
  ];

  it('leaves alone what is short enough', () => {
    expect(bounded(many, 5 + 2 * files)).toBe(many);
  });

  it('keeps the worst, findings before files, and says what is left out', () => {
    const kept = bounded(many, 6);
    expect(rows(kept).reduce((sum, one) => sum + one)).toBe(6);
    expect([kept.findings, kept.parts[0]?.findings.length]).toEqual([many.findings, 2]);
    expect(kept.notes.at(-1)).toBe(
      `${2 * files - 1} of ${5 + 2 * files} findings and files are left out here: a check over REST has them`,
    );
    expect(bounded(many, 1).findings).toEqual([findings.refused]);
    const { verdict, reason, counts, rejected } = many;
    expect(bounded(many, 0)).toMatchObject({ verdict, reason, counts, rejected, findings: [] });
  });
});

describe('createOutbox', () => {
  it('has no room beyond its size, and room again when an answer has gone, once', () => {
    const { hold } = createOutbox(10);
    const free = hold(6);
    expect(() => hold(5)).toThrow('answers of 6 bytes are being read: try again later');
    hold(4);
    free();
    free();
    hold(6);
    expect(() => hold(1)).toThrow('answers of 10 bytes');
  });
});

describe('bytesOf', () => {
  const forms = ['json', 'text', 'line', 'message', 'result'] as const;
  it.each(forms)(
    '%s: what a viewer may not see is not in it, nor where nobody said who asks',
    async (form) => {
      const text = async (role?: 'auditor' | 'viewer') =>
        String(await bytesOf(report, { form, ...(role && { role }) }));
      expect(await text('auditor')).toContain('/dev/fuse');
      for (const seen of [await text('viewer'), await text()]) expect(seen).not.toContain('/dev/fuse');
    },
  );

  it.each([
    ['json', { answerBytes: 100, messageBytes: 1e9 }],
    ['text', { answerBytes: 100, messageBytes: 1e9 }],
    ['message', { answerBytes: 1e9, messageBytes: 100 }],
    ['result', { answerBytes: 1e9, messageBytes: 100 }],
  ] as const)('%s beyond its size is refused', async (form, limits) => {
    await expect(bytesOf(report, { form }, limits)).rejects.toMatchObject({
      code: 'PayloadTooLarge',
      message: expect.stringMatching(/^the answer has \d+ bytes, expected at most 100: ask without show=all/),
    });
  });
});
