import { type Failure, failed } from '../proc.ts';
import { unixName } from './diag.ts';
import type { UnixState } from './native.ts';
import { type OptionReader, SO } from './socket-option.ts';
import type { System } from './system.ts';

/** include/uapi/linux/un.h */
const SIOCUNIXFILE = 0x89e0;
/** include/uapi/asm-generic/ioctls.h: FIONREAD */
const SIOCINQ = 0x541b;
/** include/uapi/asm-generic/poll.h: POLLHUP, and POLLERR, where it may have hung up as well. */
const POLLHUP_ERR = 0x18;
/** struct sockaddr_un: what comes before the name. */
const SUN_FAMILY_BYTES = 2;

const queued = Buffer.alloc(4);

/** What a unix socket says of itself. */
export function unixState(system: System, ask: OptionReader, fd: number): UnixState {
  const events = system.poll(fd);
  return {
    readable: events !== 0,
    hungUp: (events & POLLHUP_ERR) !== 0,
    queuedBytes: system.ioctlAnswer(fd, SIOCINQ, queued) < 0 ? undefined : queued.readInt32LE(),
    cookie: ask.number64(fd, SO.cookie),
    name: nameIn(system.socketName(fd, 'own')),
    peerName: nameIn(system.socketName(fd, 'peer')),
    boundPath: boundPath(system, fd),
  };
}

const nameIn = (address: Buffer | Failure): string | undefined =>
  failed(address) ? undefined : unixName(address.toString('latin1', SUN_FAMILY_BYTES));

/** unix(7): the file it is bound to, opened with O_PATH. */
function boundPath(system: System, fd: number): string | undefined {
  const file = system.ioctl(fd, SIOCUNIXFILE);
  if (file < 0) return undefined;
  const path = system.readLink(`/proc/self/fd/${file}`);
  system.close(file);
  return failed(path) ? undefined : path;
}
