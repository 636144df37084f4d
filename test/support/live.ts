import type { FileReport, Report } from '../../src/policy/report.ts';
import { loadNative } from '../../src/probe/native/koffi.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { realProc } from '../../src/probe/proc.ts';
import { type Assess, createAssess } from '../../src/server/assess.ts';
import { AgentError } from '../../src/server/errors.ts';
import { defaultHost, hostDeps } from '../../src/server/host.ts';
import { judgedAnew } from '../../src/server/judged-before.ts';
import { builtin } from './policy.ts';

export { isRoot } from './root.ts';

const loaded = loadNative();
export const koffiMissing = loaded.missing;

const assessWith = (native: typeof loaded.native): Assess =>
  createAssess({
    judge: judgedAnew(createProbe(realProc(), native)),
    ...hostDeps(defaultHost, realProc()),
    policies: [builtin('cr-check-file')],
    defaultPolicy: 'cr-check-file',
    detectedVersions: {},
  });

export const withNative = assessWith(loaded.native);
export const withoutNative = assessWith(undefined);

export const ask = (assess: Assess, pid: number, scope: 'process' | 'tree' = 'process'): Report =>
  assess({ target: { type: scope, pid }, options: [], show: 'all' });

/** The code of the error it ends with, or the report. */
export function outcomeOf(
  assess: Assess,
  pid: number,
  scope: 'process' | 'tree' = 'process',
): Report | string {
  try {
    return ask(assess, pid, scope);
  } catch (error) {
    if (error instanceof AgentError) return error.code;
    throw error;
  }
}

export function fileOf(report: Report, fd: number): FileReport {
  const found = report.processes[0]?.files.find((file) => file.fd === fd);
  if (found === undefined) throw new Error(`no fd ${fd} in the report`);
  return found;
}

/** Why an fd is refused, in order; a label that this machine gives every process is left out. */
export const reasonsOf = (report: Report, fd: number): readonly string[] =>
  report.findings
    .filter(({ file, reason }) => file?.fd === fd && reason !== 'SecurityLabel')
    .map(({ reason }) => reason);
