import { type Bytes, type FdFolder, failed, type Proc } from '../proc.ts';
import { numberOf, openedAs } from './calls.ts';
import type { Digests, Note } from './note.ts';
import type { Argument, TraceWriter } from './trace.ts';

/** The same procfs, and each answer it gives is written down. */
export function recordingProc(proc: Proc, writer: TraceWriter, digests: Digests, note: Note): Proc {
  let depth = 0;
  const bracket = (name: 'openFds' | 'closeFds', answer: unknown, ...args: readonly Argument[]) =>
    writer.add(numberOf[name], args, digests.of(answer));
  return {
    root: proc.root,
    readText: (path) => note('readText', proc.readText(path), path),
    readPiece: (path) => note('readPiece', proc.readPiece(path), path),
    readLink: (path) => note('readLink', proc.readLink(path), path),
    stat: (path) => note('stat', proc.stat(path), path),
    lstat: (path) => note('lstat', proc.lstat(path), path),
    fsMagic: (path) => note('fsMagic', proc.fsMagic(path), path),
    list: (path) => note('list', proc.list(path), path),
    openFds: (pid) => {
      const folder = proc.openFds(pid);
      bracket('openFds', openedAs(folder), pid);
      if (failed(folder)) return folder;
      depth += 1;
      const own = depth;
      // of two that are open the later one is closed first, or it could not be told which was asked
      const noteHere: Note = (...call) => {
        if (depth !== own) writer.spoil();
        return note(...call);
      };
      const noteTold = (bytes: Bytes | undefined, fd: number, headOnly: boolean) => {
        if (depth !== own) writer.spoil();
        writer.add(headOnly ? numberOf.headTold : numberOf.fdTold, [fd], digests.bytes(bytes));
      };
      return recordingFds(folder, noteHere, noteTold, () => {
        if (depth !== own) writer.spoil();
        depth -= 1;
        bracket('closeFds', undefined);
        folder.close();
      });
    },
  };
}

function recordingFds(
  folder: FdFolder,
  note: Note,
  noteTold: (bytes: Bytes | undefined, fd: number, headOnly: boolean) => void,
  close: () => void,
): FdFolder {
  const { told, toldBy, linkTold, watchedTold } = folder;
  return {
    // of which nothing is asked that the bytes do not tell
    ...(told === undefined || toldBy === undefined || linkTold === undefined || watchedTold === undefined
      ? {}
      : {
          toldBy,
          linkTold: (fd: number) => note('fdLinkTold', linkTold(fd), fd),
          watchedTold: (fd: number) => note('fdWatchedTold', watchedTold(fd), fd),
          told: (fd: number, headOnly: boolean) => {
            noteTold(toldBy(fd, headOnly), fd, headOnly);
            return told(fd, headOnly);
          },
        }),
    list: () => note('listFds', folder.list()),
    readLink: (fd) => note('fdLink', folder.readLink(fd), fd),
    readInfo: (fd) => note('fdInfo', folder.readInfo(fd), fd),
    readAhead: (fds) => {
      folder.readAhead(fds);
      note('readAhead', undefined);
    },
    infoAhead: (fd) => {
      const text = folder.infoAhead(fd);
      return text === undefined ? undefined : note('fdInfo', text, fd);
    },
    count: () => note('fdCount', folder.count()),
    linkMode: (fd) => note('fdLinkMode', folder.linkMode(fd), fd),
    statCached: (fd) => note('fdStat', folder.statCached(fd), fd),
    close,
  };
}
