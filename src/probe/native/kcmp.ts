import type { Failure } from '../proc.ts';
import type { KcmpOrder, KcmpType, Native } from './native.ts';
import type { System } from './system.ts';

/** enum kcmp_type, include/uapi/linux/kcmp.h. */
const types: Readonly<Record<KcmpType, number>> = { file: 0, vm: 1, files: 2, fs: 3, sighand: 4 };
const KCMP_EPOLL_TFD = 7;

/** kcmp(2) reads pointers of two processes and nothing else. */
export function kcmpCalls(system: System): Pick<Native, 'kcmp' | 'epollTarget'> {
  const { kcmp } = system.numbers;
  /** struct kcmp_epoll_slot */
  const slot = Buffer.alloc(12);
  /** A descriptor that is not open is gone. */
  const failure = (): Failure => {
    const answer = system.failure();
    return answer.errno === 'EBADF' ? { errno: 'ENOENT' } : answer;
  };
  return {
    kcmp: (type, pidA, pidB, fdA = 0, fdB = 0) => {
      const order = system.call(kcmp, pidA, pidB, types[type], fdA, fdB);
      return order < 0 ? failure() : (order as KcmpOrder);
    },
    epollTarget: (pid, fd, epollPid, epollFd, tfd, offset) => {
      slot.writeUInt32LE(epollFd, 0);
      slot.writeUInt32LE(tfd, 4);
      slot.writeUInt32LE(offset, 8);
      const order = system.callPointer(kcmp, pid, epollPid, KCMP_EPOLL_TFD, fd, slot);
      return order < 0 ? failure() : order === 0;
    },
  };
}
