import { type Failure, failed, type OpenFile } from '../../proc.ts';
import type { System } from '../system.ts';
import { eventpollInfoOf, hasOneEntryAtMost, isEventpoll, targetOf } from './eventpoll-record.ts';
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
    if (isEventpoll(record)) return eventpolls && hasOneEntryAtMost(record);
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
      return new OpenFiles(
        (piece) => system.read(iterator as number, piece),
        buffer,
        () => {
          spare.push(buffer);
          system.close(iterator as number);
        },
      );
    },
    tells,
    told: (record, headOnly) => (tells(record, headOnly) ? openFile(record, isWhole(record)) : undefined),
    close: program.close,
  };
}

export const EVENTFD = 'anon_inode:[eventfd]';
export const EVENTPOLL = 'anon_inode:[eventpoll]';

/**
 * The open files of one process, one after the other. `read` fills a piece of the buffer; 0 is the end, and less a
 * failure, after which there is nothing more either.
 */
export class OpenFiles {
  readonly #read: (piece: Buffer) => number;
  readonly #buffer: Buffer;
  readonly #view: DataView;
  readonly close: () => void;
  #start = 0;
  #length = 0;
  /** What was read last. */
  #last = 1;

  constructor(read: (piece: Buffer) => number, buffer: Buffer, close: () => void) {
    this.#read = read;
    this.#buffer = buffer;
    this.#view = viewOf(buffer);
    this.close = close;
  }

  /** With this number; to be asked for in ascending order. Undefined: procfs has to tell. */
  record(fd: number): FileRecord | undefined {
    for (;;) {
      if (this.#start >= this.#length) this.#fill();
      if (this.#start >= this.#length) return undefined;
      const here = fdAt(this.#view, this.#start);
      if (here > fd) return undefined;
      if (here === fd) return recordAt(this.#buffer, this.#view, this.#start);
      this.#start = endAt(this.#view, this.#start);
    }
  }

  /** All there are, in ascending order; undefined where they are more than are read at once. */
  numbers(): readonly number[] | undefined {
    if (this.#length === 0) this.#fill();
    if (this.#last !== 0 || this.#start > 0) return undefined;
    const numbers: number[] = [];
    for (let at = 0; at < this.#length; at = endAt(this.#view, at)) numbers.push(fdAt(this.#view, at));
    return numbers;
  }

  #fill(): void {
    this.#start = 0;
    this.#length = 0;
    while (this.#last > 0 && this.#buffer.length - this.#length >= PIECE_BYTES) {
      this.#last = this.#read(this.#buffer.subarray(this.#length));
      this.#length += Math.max(this.#last, 0);
    }
  }
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
