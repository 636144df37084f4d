import { trimBlanks } from './fields.ts';
import { isDecimal } from './number.ts';

export interface Limit {
  /** In the unit of the third column; Infinity for `unlimited`; rounded above 2^53. */
  readonly soft: number;
  readonly hard: number;
}

function parseValue(column: string): number | undefined {
  const text = trimBlanks(column);
  if (text === 'unlimited') return Number.POSITIVE_INFINITY;
  return isDecimal(text) ? Number(text) : undefined;
}

/**
 * /proc/PID/limits: proc(5), proc_pid_limits() in fs/proc/base.c: after one line of titles, columns of 25, 20 and 20 characters
 * with a space between: `Max open files            1024                 524288               files     `.
 * Name (`Max open files`) → limits; a line that is not like that has no entry.
 */
export function parseLimits(text: string): ReadonlyMap<string, Limit> {
  const limits = new Map<string, Limit>();
  const lines = text.split('\n');
  // Without its newline the last line is cut.
  lines.pop();
  for (const line of lines) {
    const name = trimBlanks(line.slice(0, 25));
    if (name === '' || line[25] !== ' ' || line[46] !== ' ') continue;
    const soft = parseValue(line.slice(26, 46));
    const hard = parseValue(line.slice(47, 67));
    if (soft !== undefined && hard !== undefined) limits.set(name, { soft, hard });
  }
  return limits;
}
