import { type PidStat, parsePidStat } from './parse/pid-stat.ts';
import { type Failure, failed, type Proc } from './proc.ts';

const PF_KTHREAD = 0x200000;
export const isKernelThread = (stat: PidStat): boolean => (stat.flags & PF_KTHREAD) !== 0;

/** /proc/PID/stat: who it is; a failure where there is no such process. */
export function readStat(proc: Proc, pid: number): PidStat | Failure {
  const text = proc.readPiece(`${pid}/stat`);
  if (failed(text)) return text;
  return parsePidStat(text) ?? { errno: 'EBADMSG' };
}
