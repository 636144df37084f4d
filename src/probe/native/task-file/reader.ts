import { type Failure, failed, type OpenFile } from '../../proc.ts';
import type { System } from '../system.ts';
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
  open(pid: number): OpenFiles | Failure;
  /** What a record says; undefined where it does not tell all that procfs and the socket itself would. See `FdFolder.told`. */
  told(record: FileRecord, headOnly: boolean): OpenFile | undefined;
  tells(record: FileRecord, headOnly: boolean): boolean;
  close(): void;
}

/** The iterator over the files of a task (bpf_iter) instead of several system calls for each of them. */
export function createTaskFiles(
  system: System,
  program: Loaded,
  { eventfds }: { readonly eventfds: boolean },
): TaskFiles {
  const spare: Buffer[] = [];
  const isEventfd = (record: FileRecord) => eventfds && linkOf(record) === EVENTFD;
  const isWhole = (record: FileRecord): boolean =>
    isSocket(record) ? isQuiet(record) : !showsFdinfo(record) || isEventfd(record);
  const tells = (record: FileRecord, headOnly: boolean): boolean =>
    isSimple(record) && (headOnly || isWhole(record));
  return {
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

/** `read` fills a piece of the buffer; 0 is the end, and less a failure, after which there is nothing more either. */
export function recordReader(
  read: (piece: Buffer) => number,
  buffer: Buffer,
): Pick<OpenFiles, 'record' | 'numbers'> {
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
        const here = fdAt(buffer, start);
        if (here > fd) return undefined;
        if (here === fd) return recordAt(buffer, start);
        start = endAt(buffer, start);
      }
    },
    numbers: () => {
      if (length === 0) fill();
      if (last !== 0 || start > 0) return undefined;
      const numbers: number[] = [];
      for (let at = 0; at < length; at = endAt(buffer, at)) numbers.push(fdAt(buffer, at));
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
  };
}

function wholeInfoOf(record: FileRecord): string {
  if (isSocket(record)) return socketInfoOf(record);
  return showsFdinfo(record) ? eventInfoOf(record) : infoOf(record);
}
