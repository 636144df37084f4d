import type { Failure, Stat } from '../proc.ts';

/** What node:fs cannot do. Each call is one system call, takes microseconds and changes nothing. */
export interface Native {
  /** getxattr(`system.sockprotoname`): the name of the protocol of a socket, e.g. `TCP`, `MPTCP`, `UNIX-STREAM`. */
  socketProtocol(path: string): string | Failure;
  /** statx(AT_STATX_DONT_SYNC): what the kernel has in memory, without asking a server. */
  statCached(path: string): Stat | Failure;
}
