import { type Failure, failed, type OpenFile } from '../../proc.ts';
import type { System } from '../system.ts';
import { eventpollInfoOf, isEventpoll, isSmall, targetOf } from './eventpoll-record.ts';
import type { Loaded } from './load.ts';
import {
  descriptionOf,
  endAt,
  eventInfoOf,
  type FileRecord,
  fdAt,
  fdOf,
  infoOf,
  isSimple,
  isSocket,
  isWatched,
  linkOf,
  recordAt,
  showsFdinfo,
  statOf,
  viewOf,
} from './record.ts';
import { isQuiet, protocolNameOf, socketInfoOf, socketOptionsOf } from './socket-record.ts';

/** bpf_seq_read() gives at most so much at once: eight pages. */
const PIECE_BYTES = 32 * 1024;
/** Of some 2,000 files: of a process with no more all are told of one moment. */
const BUFFER_BYTES = 512 * 1024;

/** The open files of one process, one after the other. */
export interface OpenFiles {
  /** With this number; to be asked for in ascending order. Undefined: procfs has to tell. */
  record(fd: number): FileRecord | undefined;
  /** All there are, in ascending order; undefined where they are more than are read at once. */
  numbers(): readonly number[] | undefined;
  close(): void;
}

export interface TaskFiles {
  readonly adding: Adding;
  open(pid: number): OpenFiles | Failure;
  /** What a record says; undefined where it does not tell all that procfs and the socket itself would. See `FdFolder.told`. */
  told(record: FileRecord, headOnly: boolean): OpenFile | undefined;
  tells(record: FileRecord, headOnly: boolean): boolean;
  close(): void;
}

/** What of that which an f_op adds to fdinfo is told. */
export interface Adding {
  readonly eventfds: boolean;
  /** Of those with one entry or none. */
  readonly eventpolls: boolean;
}

/** The iterator over the files of a task (bpf_iter) instead of several system calls for each of them. */
export function createTaskFiles(system: System, program: Loaded, adding: Adding): TaskFiles {
  const { eventfds, eventpolls } = adding;
  const spare: Buffer[] = [];
  const isEventfd = (record: FileRecord) => eventfds && linkOf(record) === EVENTFD;
  const isWhole = (record: FileRecord): boolean => {
    if (isSocket(record)) return isQuiet(record);
    if (isEventpoll(record)) return eventpolls && isSmall(record);
    return !showsFdinfo(record) || isEventfd(record);
  };
  const tells = (record: FileRecord, headOnly: boolean): boolean =>
    isSimple(record) && (headOnly || isWhole(record));
  return {
    adding,
    open: (pid) => {
      const iterator = program.open(pid);
      if (failed(iterator)) return iterator;
      const buffer = spare.pop() ?? Buffer.alloc(BUFFER_BYTES);
      return {
        ...recordReader((piece) => system.read(iterator as number, piece), buffer),
        close: () => {
          spare.push(buffer);
          system.close(iterator as number);
        },
      };
    },
    tells,
    told: (record, headOnly) => (tells(record, headOnly) ? openFile(record, isWhole(record)) : undefined),
    close: program.close,
  };
}

export const EVENTFD = 'anon_inode:[eventfd]';
export const EVENTPOLL = 'anon_inode:[eventpoll]';

/** `read` fills a piece of the buffer; 0 is the end, and less a failure, after which there is nothing more either. */
export function recordReader(
  read: (piece: Buffer) => number,
  buffer: Buffer,
): Pick<OpenFiles, 'record' | 'numbers'> {
  const view = viewOf(buffer);
  let [start, length, last] = [0, 0, 1];
  const fill = () => {
    [start, length] = [0, 0];
    while (last > 0 && buffer.length - length >= PIECE_BYTES) {
      last = read(buffer.subarray(length));
      length += Math.max(last, 0);
    }
  };
  return {
    record: (fd) => {
      for (;;) {
        if (start >= length) fill();
        if (start >= length) return undefined;
        const here = fdAt(view, start);
        if (here > fd) return undefined;
        if (here === fd) return recordAt(buffer, view, start);
        start = endAt(view, start);
      }
    },
    numbers: () => {
      if (length === 0) fill();
      if (last !== 0 || start > 0) return undefined;
      const numbers: number[] = [];
      for (let at = 0; at < length; at = endAt(view, at)) numbers.push(fdAt(view, at));
      return numbers;
    },
  };
}

function openFile(record: FileRecord, isWhole: boolean): OpenFile {
  const isOfSocket = isSocket(record);
  return {
    fd: fdOf(record),
    link: linkOf(record) ?? '',
    info: isWhole ? wholeInfoOf(record) : infoOf(record),
    isHead: !isWhole,
    watched: isWatched(record),
    description: descriptionOf(record),
    stat: statOf(record),
    protocolName: isOfSocket ? protocolNameOf(record) : undefined,
    socket: isOfSocket && isWhole ? socketOptionsOf(record) : undefined,
    watches: isWhole && isEventpoll(record) ? targetOf(record) : undefined,
  };
}

function wholeInfoOf(record: FileRecord): string {
  if (isSocket(record)) return socketInfoOf(record);
  if (isEventpoll(record)) return eventpollInfoOf(record);
  return showsFdinfo(record) ? eventInfoOf(record) : infoOf(record);
}
