import { expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { defaultLimits } from '../../src/server/deps.ts';
import { render, renderPieces } from '../../src/server/render.ts';
import { bodyIn } from '../../src/server/rest/send.ts';
import { podReport, readyReport, report } from './fixture.ts';

const many = <T>(list: readonly T[], times: number): readonly T[] =>
  Array.from({ length: times }, (_, i) => list[i % list.length] as T);
const [process] = report.processes;
const large: Report = {
  ...podReport,
  findings: many(report.findings, 250),
  processes: [{ ...process, files: many(process?.files ?? [], 201) } as Report['processes'][number]],
  unread: many(report.unread, 101),
  parts: [report, readyReport, { ...report, findings: many(report.findings, 100), parts: [readyReport] }],
};
const reports: readonly [string, Report][] = [
  ['of one tree', report],
  ['of a pod', podReport],
  ['with nothing to say', readyReport],
  ['of thousands of rows', large],
];

it.each(reports)('the pieces of a report %s are the report', async (_, one) => {
  for (const form of ['json', 'text', 'line'] as const) {
    const whole = render(one, form);
    expect([...renderPieces(one, form)].join('')).toBe(whole);
    const { chunks, bytes } = await bodyIn(one, form, defaultLimits);
    expect(Buffer.concat(chunks).toString()).toBe(whole);
    expect(bytes).toBe(Buffer.byteLength(whole));
  }
});

it('a piece is small, however large the report', () => {
  for (const form of ['json', 'text'] as const) {
    const lengths = [...renderPieces(large, form)].map((piece) => piece.length);
    expect(Math.max(...lengths)).toBeLessThan(render(large, form).length / 5);
  }
});

it('what is too large is refused before it is whole', async () => {
  await expect(bodyIn(large, 'json', { answerBytes: 1000 })).rejects.toMatchObject({
    code: 'PayloadTooLarge',
    message: expect.stringContaining('expected at most'),
  });
});
