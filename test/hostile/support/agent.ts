import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Answer, type Daemon, get, isRoot } from '../../e2e/support.ts';

export const helper = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Root has to be told by name what is not tested. */
export const needsRoot = isRoot ? undefined : 'needs root';
export function tellSkipped(what: string, missing: string | undefined): boolean {
  if (missing !== undefined) console.log(`skipped: ${what}: ${missing}`);
  return missing !== undefined;
}

/** The agent itself, where the process that was started runs it as a child or a grandchild: `unshare --fork`. */
export function agentPid({ pid }: Daemon): number {
  for (const found of [pid, ...descendants(pid)]) {
    const [program, ...args] = argumentsOf(found);
    if (program === process.execPath && args.some((arg) => arg.endsWith('/dist/main.js'))) return found;
  }
  throw new Error(`no agent below ${pid}`);
}

export function descendants(pid: number): readonly number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendants)];
}

export function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return []; // it has ended
  }
}

function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

/** What was seen of it: of an error its code. */
export const seen = ({ status, json }: Answer): string => `${status} ${json?.code ?? json?.verdict ?? ''}`;

export const check = (http: string, pid: number, more = ''): Promise<Answer> =>
  get(`${http}/v1/processes/${pid}?scope=process${more}`);
