import { expect, it, test } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { AgentError, type ErrorCode, errorTable } from '../../src/server/errors.ts';
import { toWire, toWireError } from '../../src/server/wire.ts';
import { podReport, readyReport, report } from './fixture.ts';

test.each([
  ['with all that can be', report],
  ['with nothing', readyReport],
  ['of a pod', podReport],
])('a report %s goes over the wire whole', (_, one) => {
  const wire = toWire(one);
  const parts = one.parts.map((part) => ({ ...part, durationMs: 4.123 }));
  expect(wire).toEqual({ ...one, parts, durationMs: 4.123 });
  // nothing undefined: what JSON does to it is nothing
  expect(JSON.parse(JSON.stringify(wire))).toStrictEqual(wire);
});

it('adds nothing that is not documented', () => {
  const more = (value: object) => ({ ...value, internal: 'x' });
  const odd = {
    ...more(report),
    target: more(report.target),
    policy: more(report.policy),
    options: { ...more(report.options), effects: report.options.effects.map(more) },
    counts: more(report.counts),
    rejected: report.rejected.map(more),
    findings: report.findings.map((one) => ({ ...more(one), ...(one.file ? { file: more(one.file) } : {}) })),
    processes: report.processes.map((one) => ({ ...more(one), files: one.files.map(more) })),
    unread: report.unread.map(more),
    runtime: more(report.runtime),
  } as unknown as Report;
  expect(toWire(odd)).toEqual(toWire(report));
  const { container = {}, pod = {} } = podReport.parts[0]?.target ?? {};
  const oddPart = {
    ...podReport.parts[0],
    target: { ...podReport.parts[0]?.target, container: more(container), pod: more(pod) },
  };
  const oddPod = { ...podReport, parts: [oddPart, podReport.parts[1]] } as unknown as Report;
  expect(toWire(oddPod)).toEqual(toWire(podReport));
});

test.each(Object.entries(errorTable))('%s in a batch', (code, { http, title }) => {
  const error = new AgentError(code as ErrorCode, 'why');
  expect(toWireError(error)).toEqual({ code, status: http, title, detail: 'why' });
});

it('no error has the status of a verdict: 200 and 409 are those of a gate', () => {
  expect(Object.values(errorTable).filter(({ http }) => http === 200 || http === 409)).toEqual([]);
});
