import type { MethodDefinition } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/policy/report.ts';
import { defaultLimits } from '../../../src/server/deps.ts';
import { messageIn } from '../../../src/server/grpc/body.ts';
import { definition, encode, serviceName } from '../../../src/server/grpc/encode.ts';
import { podReport, readyReport, report } from '../fixture.ts';

const service = definition[serviceName] as unknown as Record<string, MethodDefinition<object, object>>;
const decode = { message: service.Check, result: service.CheckBatch };

const many = <T>(list: readonly T[], times: number): readonly T[] =>
  Array.from({ length: times }, (_, i) => list[i % list.length] as T);
const large: Report = {
  ...podReport,
  findings: many(report.findings, 250),
  processes: many(report.processes, 3),
  unread: many(report.unread, 101),
  parts: [report, readyReport],
};

describe.each([
  ['of one tree', report],
  ['of a pod', podReport],
  ['with nothing to say', readyReport],
  ['of hundreds of rows', large],
] as const)('a report %s', (_, one) => {
  it.each(['message', 'result'] as const)('made in pieces is the %s that is made at once', async (form) => {
    const { chunks, bytes } = await messageIn(one, form, defaultLimits);
    const body = Buffer.concat(chunks);
    expect(body.length).toBe(bytes);
    expect(decode[form]?.responseDeserialize(body)).toEqual(
      decode[form]?.responseDeserialize(encode(one, form)),
    );
  });
});

it('what is too large is refused, and what it was is said', async () => {
  await expect(messageIn(large, 'message', { messageBytes: 1000 })).rejects.toMatchObject({
    code: 'PayloadTooLarge',
    message: expect.stringContaining('expected at most'),
  });
});

it('a body that is there already is taken as it is', async () => {
  const body = { chunks: [Buffer.from('x')], bytes: 1 };
  expect(await messageIn({ ...report, body }, 'message', { messageBytes: 10 })).toBe(body);
});
