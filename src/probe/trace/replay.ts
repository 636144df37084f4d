import { type FdFolder, failed } from '../proc.ts';
import type { KeySet, Scan } from '../scan.ts';
import { type At, callList, numberOf, openedAs } from './calls.ts';
import type { Digests } from './note.ts';
import { type Argument, type Trace, traceReader } from './trace.ts';

/** Whether all that was asked answers as it did. It is asked in the same order, up to the first that answers otherwise. */
export function answersTheSame(trace: Trace, scan: Scan, digests: Digests): boolean {
  const { native } = scan;
  const reader = traceReader(trace);
  const folders: FdFolder[] = [];
  let fds: readonly number[] = [];
  const locked = lockedDigests(scan, digests);
  const at: At = {
    scan,
    get native() {
      if (native === undefined) throw new Error('what was asked with native calls is asked without');
      return native;
    },
    get folder() {
      const folder = folders.at(-1);
      if (folder === undefined) throw new Error('an fd is asked for, and no folder is open');
      return folder;
    },
    get fds() {
      return fds;
    },
    reader: (number) => trace.readers[number] as (scan: Scan) => unknown,
    locked,
    list: (number) => trace.lists[number] as Int32Array,
    keys: (number) => keysOf(trace.lists[number] as Int32Array, digests.of),
    watched: (number) => {
      const index = digests.index(scan.eventpolls());
      const inodes = [...(trace.lists[number] as Int32Array)].flatMap((digest) => index.get(digest) ?? []);
      return new Set(inodes);
    },
  };
  const isSame = ({ high, low }: { readonly high: number; readonly low: number }) =>
    high === reader.high && low === reader.low;

  /** Up to the end of the trace, or of what is held. */
  function run(): boolean {
    while (reader.next()) {
      const { call } = reader;
      switch (call) {
        case numberOf.end:
          return true;
        case numberOf.openFds: {
          const folder = scan.proc.openFds(reader.firstWord);
          if (!isSame(digests.of(openedAs(folder)))) {
            if (!failed(folder)) folder.close();
            return false;
          }
          if (!failed(folder)) folders.push(folder);
          break;
        }
        case numberOf.closeFds:
          folders.pop()?.close();
          break;
        case numberOf.holding:
          if (!at.native.holding(reader.firstWord, run)) return false;
          break;
        case numberOf.inCgroupNs:
          if (!entered(reader.args()[0] as string)) return false;
          break;
        case numberOf.listFds: {
          const listed = at.folder.list();
          if (!failed(listed)) fds = listed;
          if (!isSame(digests.of(listed))) return false;
          break;
        }
        case numberOf.fdTold:
        case numberOf.headTold: {
          const bytes = at.folder.toldBy?.(reader.firstWord, call === numberOf.headTold);
          if (!isSame(digests.bytes(bytes))) return false;
          break;
        }
        default:
          if (!asked(call, reader.args())) return false;
      }
    }
    return true;
  }

  function asked(call: number, args: readonly Argument[]): boolean {
    const one = callList[call] as (typeof callList)[number];
    const answer = (one.ask as (at: At, ...args: readonly Argument[]) => unknown)(at, ...args);
    return isSame(digests.answer(one, answer, args));
  }

  /** What is read in it is read, or it cannot be entered for the same reason. */
  function entered(path: string): boolean {
    let same: boolean | undefined;
    const answer = at.native.inCgroupNs(path, () => {
      same = run();
      return undefined;
    });
    if (same !== undefined) return same && isSame(digests.of(undefined));
    return reader.next() && reader.call === numberOf.end && isSame(digests.of(answer));
  }

  try {
    return run();
  } finally {
    for (const folder of folders.reverse()) folder.close();
  }
}

/** By the digests of what `recording` asks about. */
function lockedDigests(scan: Scan, { of }: Digests): At['locked'] {
  let known: ReadonlySet<string> | undefined;
  const read = () => {
    const digests = new Set<string>();
    const add = (device: string, inode: string | undefined) => {
      const { high, low } = of([device, inode]);
      digests.add(`${high} ${low}`);
    };
    for (const [device, inodes] of scan.locks()?.table ?? []) {
      add(device, undefined);
      for (const inode of inodes) add(device, inode);
    }
    return digests;
  };
  return (high, low) => {
    known ??= read();
    return known.size > 0 && known.has(`${high} ${low}`);
  };
}

/** A key that is not of it has a digest of it once in 2^32: then more is found than was, and the answer is another. */
const keysOf = (sorted: Int32Array, of: Digests['of']): KeySet => ({
  has: (key) => includes(sorted, of(key).low),
  keys: () => [].values(),
});

/** In a list in ascending order. */
function includes(sorted: Int32Array, wanted: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const at = (low + high) >> 1;
    const found = sorted[at] as number;
    if (found === wanted) return true;
    if (found < wanted) low = at + 1;
    else high = at;
  }
  return false;
}
