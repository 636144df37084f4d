import type { Native } from '../../src/probe/native/native.ts';
import { type Failure, fdsByPath, type Proc } from '../../src/probe/proc.ts';

/** What was answered, by call and argument: `readText 7/maps`, `native.kcmp ["file",7,7,3,4]`. */
export type Recording = ReadonlyMap<string, unknown>;
/** What is answered instead. */
export type Damage = ReadonlyMap<string, unknown>;

/** These do what they are given. */
export const acting: ReadonlySet<string> = new Set(['inCgroupNs', 'holding']);
const procCalls = ['readText', 'readPiece', 'readLink', 'stat', 'lstat', 'fsMagic', 'list'] as const;

/** The reads of a real procfs, kept as they are answered. */
export function recorder(proc: Proc, native: Native | undefined) {
  const kept = new Map<string, unknown>();
  const keep = <T>(key: string, answer: T): T => {
    if (!kept.has(key)) kept.set(key, answer);
    return answer;
  };
  return {
    recording: kept as Recording,
    ...through(proc.root, native, (key, ask) => keep(key, ask(proc, native))),
  };
}

/** The same reads without any procfs; what was not asked then is not there. */
export function replay(recording: Recording, root: string, hasNative: boolean, damage: Damage) {
  const absent: Failure = { errno: 'ENOENT' };
  const answer = (key: string) => (damage.has(key) ? damage.get(key) : (recording.get(key) ?? absent));
  return through(root, hasNative ? ({} as Native) : undefined, answer);
}

type Ask = (proc: Proc, native: Native | undefined) => unknown;
type Answer = (key: string, ask: Ask) => unknown;

function through(root: string, native: Native | undefined, answer: Answer) {
  const calls = procCalls.map((call) => [
    call,
    (path: string) => answer(`${call} ${path}`, (proc) => proc[call](path)),
  ]);
  const byPath = { root, ...Object.fromEntries(calls) } as Omit<Proc, 'openFds'>;
  const proc: Proc = { ...byPath, openFds: (pid) => fdsByPath(byPath, pid) };
  const nativeCall =
    (name: string) =>
    (...args: readonly unknown[]) => {
      if (acting.has(name)) return (args[1] as () => unknown)();
      // nothing is iterated here
      if (name === 'eventpollFds') return undefined;
      return answer(`native.${name} ${JSON.stringify(args)}`, (_, real) =>
        (real as unknown as Record<string, (...all: readonly unknown[]) => unknown>)[name]?.(...args),
      );
    };
  const proxy = native && (new Proxy({}, { get: (_, name) => nativeCall(String(name)) }) as Native);
  return { proc, native: proxy };
}
