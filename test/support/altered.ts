import type { Native } from '../../src/probe/native/native.ts';
import { type Bytes, type FdFolder, failed, type Proc } from '../../src/probe/proc.ts';

/** Reads of which one can be made to answer otherwise. */
export interface Altered {
  readonly proc: Proc;
  readonly native: Native | undefined;
  /** Each read that was made, by its name and arguments, and how often. */
  readonly calls: Map<string, number>;
  /** From now on this one answers otherwise, whenever it is made; undefined: none. */
  alter(call: string | undefined): void;
}

/** Not reads: they hold something, say what is going to be read or has been, or only what `toldBy` has. */
const acts = new Set(['infoAhead', 'holding', 'inCgroupNs', 'readAhead', 'told', 'close', 'openFds', 'proc']);

export function altered(proc: Proc, native: Native | undefined): Altered {
  const calls = new Map<string, number>();
  let wanted: string | undefined;
  const wrap = <T extends object>(of: string, calls_: T): T =>
    new Proxy(calls_, {
      get: (target, name) => {
        const own = (target as Record<string | symbol, unknown>)[name];
        if (typeof own !== 'function' || acts.has(String(name))) return own;
        return (...args: readonly unknown[]) => {
          const call = `${of}${String(name)} ${args.filter((arg) => typeof arg !== 'function').join(' ')}`;
          calls.set(call, (calls.get(call) ?? 0) + 1);
          const answer = own.apply(target, args);
          return call === wanted ? otherThan(answer) : answer;
        };
      },
    });
  const openFds = (pid: number) => {
    const folder = proc.openFds(pid);
    return failed(folder) ? folder : wrap<FdFolder>(`${pid} `, folder);
  };
  return {
    proc: wrap<Proc>('', { ...proc, openFds }),
    native: native && wrap<Native>('', native),
    calls,
    alter: (call) => {
      wanted = call;
    },
  };
}

function otherThan(answer: unknown): unknown {
  if (typeof answer === 'string') return `${answer}x`;
  if (typeof answer === 'number') return answer + 1;
  if (typeof answer === 'boolean') return !answer;
  if (answer === undefined || answer === null) return 'x';
  if (failed(answer)) return { errno: answer.errno === 'EIO' ? 'EPERM' : 'EIO' };
  if (answer instanceof Map) return new Map([...answer].slice(1));
  if (Array.isArray(answer)) return answer.slice(0, -1);
  if ('buffer' in (answer as object)) return { ...(answer as Bytes), end: (answer as Bytes).end - 1 };
  const [first = ''] = Object.keys(answer as object);
  return { ...(answer as object), [first]: otherThan((answer as Record<string, unknown>)[first]) };
}
