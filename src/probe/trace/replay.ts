import { type FdFolder, failed } from '../proc.ts';
import type { KeySet, Scan } from '../scan.ts';
import { type At, callList, numberOf, openedAs } from './calls.ts';
import type { Digest } from './digest.ts';
import type { Digests } from './note.ts';
import { argumentsAt, next, readTrace, type Trace, type TraceReader } from './trace.ts';

/**
 * A trace while it is asked again. What is done for each file is done by functions that outlive it: V8 forgets what it
 * compiled of one that does not.
 */
interface Replay {
  readonly scan: Scan;
  readonly digests: Digests;
  readonly reader: TraceReader;
  readonly folders: FdFolder[];
  /** What was listed last. */
  fds: readonly number[];
  readonly at: At;
}

/** Whether all that was asked answers as it did. It is asked in the same order, up to the first that answers otherwise. */
export function answersTheSame(trace: Trace, scan: Scan, digests: Digests): boolean {
  const replay = startReplay(trace, scan, digests);
  try {
    return run(replay);
  } finally {
    for (const folder of replay.folders.reverse()) folder.close();
  }
}

function startReplay(trace: Trace, scan: Scan, digests: Digests): Replay {
  const { native } = scan;
  const at: At = {
    scan,
    get native() {
      if (native === undefined) throw new Error('what was asked with native calls is asked without');
      return native;
    },
    get folder() {
      const folder = replay.folders.at(-1);
      if (folder === undefined) throw new Error('an fd is asked for, and no folder is open');
      return folder;
    },
    get fds() {
      return replay.fds;
    },
    reader: (number) => trace.readers[number] as (scan: Scan) => unknown,
    locked: lockedDigests(scan, digests),
    list: (number) => trace.lists[number] as Int32Array,
    keys: (number) => keysOf(trace.lists[number] as Int32Array, digests.of),
    watched: (number) => {
      const index = digests.index(scan.eventpolls());
      const inodes = [...(trace.lists[number] as Int32Array)].flatMap((digest) => index.get(digest) ?? []);
      return new Set(inodes);
    },
  };
  const replay: Replay = { scan, digests, reader: readTrace(trace), folders: [], fds: [], at };
  return replay;
}

/** Up to the end of the trace, or of what is held. */
function run(replay: Replay): boolean {
  const { reader, at, digests } = replay;
  while (next(reader)) {
    switch (reader.call) {
      case numberOf.end:
        return true;
      case numberOf.openFds:
        if (!opened(replay)) return false;
        break;
      case numberOf.closeFds:
        replay.folders.pop()?.close();
        break;
      case numberOf.holding:
        if (!at.native.holding(reader.firstWord, () => run(replay))) return false;
        break;
      case numberOf.inCgroupNs:
        if (!entered(replay, argumentsAt(reader)[0] as string)) return false;
        break;
      case numberOf.listFds: {
        const listed = at.folder.list();
        if (!failed(listed)) replay.fds = listed;
        if (!isSame(reader, digests.of(listed))) return false;
        break;
      }
      case numberOf.fdTold:
      case numberOf.headTold: {
        const bytes = at.folder.toldBy?.(reader.firstWord, reader.call === numberOf.headTold);
        if (!isSame(reader, digests.bytes(bytes))) return false;
        break;
      }
      default:
        if (!isAskedAgain(replay)) return false;
    }
  }
  return true;
}

const isSame = (reader: TraceReader, { high, low }: Digest): boolean =>
  high === reader.high && low === reader.low;

function isAskedAgain({ reader, at, digests }: Replay): boolean {
  const one = callList[reader.call] as (typeof callList)[number];
  const args = argumentsAt(reader);
  const answer = (one.ask as (at: At, ...args: readonly unknown[]) => unknown)(at, ...args);
  return isSame(reader, digests.answer(one, answer, args));
}

function opened({ reader, scan, digests, folders }: Replay): boolean {
  const folder = scan.proc.openFds(reader.firstWord);
  if (isSame(reader, digests.of(openedAs(folder)))) {
    if (!failed(folder)) folders.push(folder);
    return true;
  }
  if (!failed(folder)) folder.close();
  return false;
}

/** What is read in it is read, or it cannot be entered for the same reason. */
function entered(replay: Replay, path: string): boolean {
  const { reader, at, digests } = replay;
  let same: boolean | undefined;
  const answer = at.native.inCgroupNs(path, () => {
    same = run(replay);
    return undefined;
  });
  if (same !== undefined) return same && isSame(reader, digests.of(undefined));
  return next(reader) && reader.call === numberOf.end && isSame(reader, digests.of(answer));
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
