import { isDeepStrictEqual } from 'node:util';
import { parseTargets } from '../../parse/epoll.ts';
import { parseFdinfo } from '../../parse/fdinfo.ts';
import { type FdFolder, failed, type OpenFile } from '../../proc.ts';
import type { Native } from '../native.ts';
import { type Adding, EVENTFD, EVENTPOLL, type TaskFiles } from './reader.ts';
import { descriptionOf, isWatched } from './record.ts';

/** Between what a record says and what is read. */
export interface Difference {
  readonly what: string;
  /** It is not there where this is not told of. */
  readonly of?: keyof Adding | undefined;
}

const adds: Readonly<Record<string, keyof Adding>> = { [EVENTFD]: 'eventfds', [EVENTPOLL]: 'eventpolls' };

/**
 * Those that say of our own files what else is read of them: of what f_ops add, which differs from version to version, as
 * much as does. Throws where all others differ too.
 */
export function agreeing(
  filesOf: (adding: Adding) => TaskFiles,
  differenceOf: (files: TaskFiles) => Difference | undefined,
): TaskFiles {
  let adding: Adding = { eventfds: true, eventpolls: true };
  for (;;) {
    const files = filesOf(adding);
    const found = differenceOf(files);
    if (found === undefined) return files;
    if (found.of === undefined || !adding[found.of]) throw new Error(found.what);
    adding = { ...adding, [found.of]: false };
  }
}

/**
 * Whether the records say what procfs and the sockets themselves say, of each fd that a process of our own has. The first
 * difference, undefined where there is none: nothing is read by what would be wrong on this kernel.
 */
export function firstDifference(
  files: TaskFiles,
  pid: number,
  fds: FdFolder,
  { socketOptions }: Pick<Native, 'socketOptions'>,
): Difference | undefined {
  const numbers = fds.list();
  if (failed(numbers)) return { what: `the fds of process ${pid} could not be listed: ${numbers.errno}` };
  // a socket has a cookie from when it is asked for it
  for (const fd of numbers) socketOptions(pid, fd);
  const watched = watchedByOurs(numbers, fds);
  if (watched.size === 0) return { what: 'no file of the agent is watched by an eventpoll' };
  const opened = files.open(pid);
  if (failed(opened)) return { what: `bpf(2): ${opened.errno}` };
  const told: OpenFile[] = [];
  const descriptions = new Map<number, string>();
  try {
    // before Linux 6.1 those of all processes are told of; one more fd is that of the iterator
    const all = opened.numbers();
    if (all !== undefined && all.length > numbers.length + 1)
      return { what: `it tells of ${all.length} files of a process that has ${numbers.length}` };
    for (const fd of numbers) {
      const record = opened.record(fd);
      if (record !== undefined && watched.has(fd) && !isWatched(record))
        return { what: `that an eventpoll watches fd ${fd} is not told` };
      if (record !== undefined) descriptions.set(fd, descriptionOf(record));
      const file = record && files.told(record, false);
      if (file === undefined) continue;
      const other = differenceOf(file, pid, fds, { socketOptions });
      if (other !== undefined)
        return { what: `${other} of fd ${fd} (${file.link}) reads otherwise`, of: adds[file.link] };
      told.push(file);
    }
  } finally {
    opened.close();
  }
  if (told.length === 0) return { what: 'it told of no file' };
  return files.adding.eventpolls ? differenceOfEventpolls(told, descriptions) : undefined;
}

/** What those of one entry watch is an open file of ours: fdinfo has its number. */
function differenceOfEventpolls(
  told: readonly OpenFile[],
  descriptions: ReadonlyMap<number, string>,
): Difference | undefined {
  const watching = told.filter(({ watches }) => watches !== undefined);
  if (watching.length === 0) return { what: 'it told of no eventpoll with one entry', of: 'eventpolls' };
  for (const { fd, info, watches } of watching) {
    const [target] = parseTargets(parseFdinfo(info)?.extra.get('tfd'));
    if (target === undefined || descriptions.get(target.fd) !== watches)
      return { what: `what fd ${fd} watches reads otherwise`, of: 'eventpolls' };
  }
  return undefined;
}

function differenceOf(
  { fd, link, info, stat, socket, watched }: OpenFile,
  pid: number,
  fds: FdFolder,
  { socketOptions }: Pick<Native, 'socketOptions'>,
): string | undefined {
  if (fds.readLink(fd) !== link) return 'the link';
  if (fds.readInfo(fd) !== info) return 'fdinfo';
  if (stat !== undefined && !isDeepStrictEqual(fds.statCached(fd), stat)) return 'stat';
  // no eventpoll takes these
  if (watched && (stat?.type === 'regular' || stat?.type === 'directory')) return 'who watches it';
  if (socket === undefined) return undefined;
  return isDeepStrictEqual(socketOptions(pid, fd), socket) ? undefined : 'a socket option';
}

/** Those that fdinfo of our eventpolls names, and that are still what they were then. */
function watchedByOurs(numbers: readonly number[], fds: FdFolder): ReadonlySet<number> {
  const infoOf = (fd: number) => {
    const text = fds.readInfo(fd);
    return failed(text) ? undefined : parseFdinfo(text);
  };
  const targets = numbers.flatMap((fd) => parseTargets(infoOf(fd)?.extra.get('tfd')));
  return new Set(targets.filter(({ fd, inode }) => infoOf(fd)?.ino === inode).map(({ fd }) => fd));
}
