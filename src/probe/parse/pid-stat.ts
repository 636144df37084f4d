import { isDecimal, parseDecimal, parseSigned } from './number.ts';

export interface PidStat {
  readonly pid: number;
  /** Raw bytes, up to 15 for a user process. */
  readonly comm: string;
  /** R S D T t Z X I … */
  readonly state: string;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  /** Controlling terminal, encoded as new_encode_dev() does; 0 for none. */
  readonly ttyNr: number;
  /** Foreground process group of the terminal; -1 for none. */
  readonly tpgid: number;
  /** PF_* of include/linux/sched.h. */
  readonly flags: number;
  readonly numThreads: number;
  /** Field 22, clock ticks since boot, decimal. */
  readonly startTimeTicks: string;
  /** Field 39: CPU last run on. */
  readonly processor: number;
  /** Field 41: SCHED_*. */
  readonly policy: number;
  /** Field 52, in waitpid(2) form; 0 without ptrace access. */
  readonly exitCode: number;
}

/**
 * /proc/PID/stat: proc(5), do_task_stat() in fs/proc/array.c: one line, 52 fields (Linux 3.5), decimal. The second, in
 * parentheses, holds any bytes (spaces, newlines, parentheses), so fields are counted from the last `)`.
 */
export function parsePidStat(text: string): PidStat | undefined {
  const open = text.indexOf(' (');
  const close = text.lastIndexOf(') ');
  if (open < 0 || close < open + 2 || !text.endsWith('\n')) return undefined;
  // Field 3 is at 0.
  const fields = text.slice(close + 2, -1).split(' ');
  if (fields.length < 50) return undefined;
  const pid = parseDecimal(text, 0, open);
  const [state = ''] = fields;
  const ppid = parseDecimal(fields[1] ?? '');
  const pgrp = parseSigned(fields[2] ?? '');
  const session = parseSigned(fields[3] ?? '');
  const ttyNr = parseSigned(fields[4] ?? '');
  const tpgid = parseSigned(fields[5] ?? '');
  const flags = parseDecimal(fields[6] ?? '');
  const numThreads = parseDecimal(fields[17] ?? '');
  const startTimeTicks = fields[19] ?? '';
  const processor = parseDecimal(fields[36] ?? '');
  const policy = parseDecimal(fields[38] ?? '');
  const exitCode = parseSigned(fields[49] ?? '');
  if (pid === undefined || ppid === undefined || pgrp === undefined || session === undefined)
    return undefined;
  if (ttyNr === undefined || tpgid === undefined || flags === undefined) return undefined;
  if (numThreads === undefined || processor === undefined || policy === undefined) return undefined;
  if (exitCode === undefined || state.length !== 1 || !isDecimal(startTimeTicks)) return undefined;
  const comm = text.slice(open + 2, close);
  return {
    pid,
    comm,
    state,
    ppid,
    pgrp,
    session,
    ttyNr,
    tpgid,
    flags,
    numThreads,
    startTimeTicks,
    processor,
    policy,
    exitCode,
  };
}
