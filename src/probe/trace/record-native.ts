import type { Native } from '../native/native.ts';
import { numberOf } from './calls.ts';
import type { Digests, Note } from './note.ts';
import type { Argument, TraceWriter } from './trace.ts';

/** The same native calls, and each answer they give is written down. */
export function recordingNative(
  native: Native,
  writer: TraceWriter,
  digests: Digests,
  note: Note,
  /** What was asked so far may be answered otherwise from now on. */
  forget: () => void,
): Native {
  const begin = (name: 'holding' | 'inCgroupNs', arg: Argument) =>
    writer.add(numberOf[name], [arg], digests.of(undefined));
  const end = (failure?: unknown) => writer.add(numberOf.end, [], digests.of(failure));
  return {
    proc: native.proc,
    iterateFiles: native.iterateFiles,
    eventpollFds: native.eventpollFds,
    socketProtocol: (path) => note('socketProtocol', native.socketProtocol(path), path),
    statCached: (path) => note('statCached', native.statCached(path), path),
    kcmp: (...args) => note('kcmp', native.kcmp(...args), ...args),
    epollTarget: (...args) => note('epollTarget', native.epollTarget(...args), ...args),
    socketOptions: (pid, fd, inode) =>
      note('socketOptions', native.socketOptions(pid, fd, inode), pid, fd, inode),
    fdFlags: (pid, fd) => note('fdFlags', native.fdFlags(pid, fd), pid, fd),
    holding: (pid, act) => {
      begin('holding', pid);
      const answer = native.holding(pid, act);
      end();
      return answer;
    },
    unixSockets: (netNs, question) => {
      if (question === undefined) return note('allUnixSockets', native.unixSockets(netNs), netNs);
      const asked: string[] = [];
      const answer = native.unixSockets(netNs, function* (known) {
        for (const inode of question(known)) {
          asked.push(inode);
          yield inode;
        }
      });
      return note('unixSockets', answer, netNs, asked.join(' '));
    },
    netlinkSockets: (netNs) => note('netlinkSockets', native.netlinkSockets(netNs), netNs),
    packetSockets: (netNs) => note('packetSockets', native.packetSockets(netNs), netNs),
    links: (netNs) => note('links', native.links(netNs), netNs),
    openByHandle: (...args) => note('openByHandle', native.openByHandle(...args), ...args),
    inCgroupNs: (path, act) => {
      begin('inCgroupNs', path);
      forget();
      let entered = false;
      const answer = native.inCgroupNs(path, () => {
        entered = true;
        return act();
      });
      end(entered ? undefined : answer);
      forget();
      return answer;
    },
    namespaceOwner: (path) => note('namespaceOwner', native.namespaceOwner(path), path),
    userNamespaceUid: (path) => note('userNamespaceUid', native.userNamespaceUid(path), path),
  };
}
