import { type Failure, failed, type OpenFile } from '../../proc.ts';
import type { System } from '../system.ts';
import type { Loaded } from './load.ts';
import {
  descriptionOf,
  eventInfoOf,
  type FileRecord,
  fdOf,
  flagsOf,
  infoOf,
  isSimple,
  isSocket,
  linkModeOf,
  linkOf,
  recordAt,
  showsFdinfo,
  statOf,
} from './record.ts';
import { isQuiet, socketInfoOf, socketOptionsOf } from './socket-record.ts';

/** bpf_seq_read() gives at most so much at once: eight pages. */
const BUFFER_BYTES = 64 * 1024;

/** The open files of one process, one after the other. */
export interface OpenFiles {
  /** With this number; to be asked for in ascending order. Undefined: procfs has to tell. */
  record(fd: number): FileRecord | undefined;
  close(): void;
}

export interface TaskFiles {
  open(pid: number): OpenFiles | Failure;
  /** What a record says; undefined where it does not tell all that procfs and the socket itself would. */
  told(record: FileRecord): OpenFile | undefined;
  tells(record: FileRecord): boolean;
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
  const tells = (record: FileRecord): boolean =>
    isSimple(record) && (isSocket(record) ? isQuiet(record) : !showsFdinfo(record) || isEventfd(record));
  return {
    open: (pid) => {
      const iterator = program.open(pid);
      if (failed(iterator)) return iterator;
      const buffer = spare.pop() ?? Buffer.alloc(BUFFER_BYTES);
      return {
        record: recordReader(() => system.read(iterator as number, buffer), buffer),
        close: () => {
          spare.push(buffer);
          system.close(iterator as number);
        },
      };
    },
    tells,
    told: (record) => (tells(record) ? openFile(record) : undefined),
    close: program.close,
  };
}

export const EVENTFD = 'anon_inode:[eventfd]';

/** The record of each fd; asked for in ascending order, undefined of one that is not there, or was passed over. */
export function recordReader(read: () => number, buffer: Buffer): (fd: number) => FileRecord | undefined {
  let [start, length] = [0, 0];
  return (fd) => {
    for (;;) {
      if (start >= length) {
        if (length < 0) return undefined;
        // nothing more, and a failure, are an end
        [start, length] = [0, read()];
        if (length <= 0) {
          length = -1;
          return undefined;
        }
      }
      const record = recordAt(buffer, start);
      const here = fdOf(record);
      if (here > fd) return undefined;
      if (here === fd) return record;
      start = record.end;
    }
  };
}

function openFile(record: FileRecord): OpenFile {
  const isOfSocket = isSocket(record);
  return {
    fd: fdOf(record),
    link: linkOf(record) ?? '',
    linkMode: linkModeOf(record),
    info: isOfSocket ? socketInfoOf(record) : showsFdinfo(record) ? eventInfoOf(record) : infoOf(record),
    flags: flagsOf(record),
    description: descriptionOf(record),
    stat: statOf(record),
    socket: isOfSocket ? socketOptionsOf(record) : undefined,
  };
}
