import { type Bytes, type FdFolder, failed } from '../../proc.ts';
import type { OpenFiles, TaskFiles } from './reader.ts';
import { isWatched, linkOf } from './record.ts';

/**
 * The fds of a process, which tell of what the kernel's records tell of. Whether the agent may look at them at all procfs
 * says, which lists them: nothing is told of a process whose fds may not be listed.
 */
export function fdsOfTask(fds: FdFolder, taskFiles: TaskFiles, pid: number): FdFolder {
  let opened: OpenFiles | undefined;
  const toldBy = (fd: number, headOnly: boolean): Bytes | undefined =>
    opened && tellingRecord(opened, taskFiles, fd, headOnly);
  return {
    ...fds,
    list: () => {
      if (opened !== undefined) return fds.list();
      const files = taskFiles.open(pid);
      const numbers = failed(files) ? undefined : files.numbers();
      const [first] = numbers ?? [];
      // who may read one link may list them all: both need PTRACE_MODE_READ
      const isOpen = first !== undefined && !failed(fds.readLink(first));
      const listed = numbers !== undefined && isOpen ? numbers : fds.list();
      if (!failed(files)) {
        if (failed(listed)) files.close();
        else opened = files;
      }
      return listed;
    },
    toldBy,
    linkTold: (fd) => {
      const record = opened?.record(fd);
      return record && linkOf(record);
    },
    watchedTold: (fd) => {
      const record = opened?.record(fd);
      return record && isWatched(record);
    },
    told: (fd, headOnly) => {
      const record = toldBy(fd, headOnly);
      return record && taskFiles.told(record, headOnly);
    },
    close: () => {
      opened?.close();
      fds.close();
    },
  };
}

function tellingRecord(
  opened: OpenFiles,
  taskFiles: TaskFiles,
  fd: number,
  headOnly: boolean,
): Bytes | undefined {
  const record = opened.record(fd);
  return record !== undefined && taskFiles.tells(record, headOnly) ? record : undefined;
}
