import { skipBlanks } from './fields.ts';
import { hexToBigint, parseDecimal } from './number.ts';

/** Real, effective, saved, filesystem. */
export type Ids = readonly [number, number, number, number];

export interface PidStatus {
  /** Every line, key → value without the blanks before it. `Name` is escaped: `\n` and `\\`. */
  readonly fields: ReadonlyMap<string, string>;
  readonly tgid: number;
  /** 0: not traced. */
  readonly tracerPid: number;
  readonly uids: Ids;
  readonly gids: Ids;
  readonly groups: readonly number[];
  /** One number for each pid namespace, from the reader's own (of the procfs mount) inwards; undefined: kernel without them. */
  readonly nsTgid: readonly number[] | undefined;
  readonly nsPid: readonly number[] | undefined;
  readonly nsPgid: readonly number[] | undefined;
  readonly nsSid: readonly number[] | undefined;
  /** 0 none, 1 strict, 2 filter; undefined: kernel without it. */
  readonly seccomp: number | undefined;
  readonly capEff: bigint;
  /** Signals pending for this thread; signal n is bit n - 1. */
  readonly sigPnd: bigint;
  /** Signals pending for the whole process. */
  readonly shdPnd: bigint;
  readonly threads: number;
  /** Undefined: no memory of its own (kernel thread, zombie). */
  readonly vmSizeKb: number | undefined;
}

/** Decimals between blanks; undefined when one is not. */
function numbers(value: string): number[] | undefined {
  const out: number[] = [];
  for (const word of value.replaceAll('\t', ' ').split(' ')) {
    if (word === '') continue;
    const number = parseDecimal(word);
    if (number === undefined) return undefined;
    out.push(number);
  }
  return out;
}

function ids(value: string): Ids | undefined {
  const all = numbers(value);
  const [real, effective, saved, filesystem] = all ?? [];
  if (real === undefined || effective === undefined || saved === undefined) return undefined;
  return filesystem === undefined || all?.length !== 4 ? undefined : [real, effective, saved, filesystem];
}

function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let end = 0;
  for (let start = 0; start < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    const colon = text.indexOf(':', start);
    if (colon < 0) break;
    if (colon === start || colon > end) continue;
    const key = text.slice(start, colon);
    // A name may begin with a blank of its own: after the one tab all is name.
    const value = text.slice(key === 'Name' ? colon + 2 : skipBlanks(text, colon + 1), end);
    if (!fields.has(key)) fields.set(key, value);
  }
  return fields;
}

/**
 * /proc/PID/status and /proc/PID/task/TID/status: proc(5), proc_pid_status() in fs/proc/array.c: lines `Key:\tvalue`; ids and
 * counts decimal, masks hexadecimal, memory `   19828 kB`. Unknown keys are kept.
 * Undefined when a line that every kernel writes is missing or garbled, when an optional one is garbled, or when the
 * last line has no newline.
 */
export function parsePidStatus(text: string): PidStatus | undefined {
  if (!text.endsWith('\n')) return undefined;
  const fields = fieldsOf(text);
  const required = (key: string): string => fields.get(key) ?? '';
  const tgid = parseDecimal(required('Tgid'));
  const tracerPid = parseDecimal(required('TracerPid'));
  const threads = parseDecimal(required('Threads'));
  const uids = ids(required('Uid'));
  const gids = ids(required('Gid'));
  const groups = fields.has('Groups') ? numbers(required('Groups')) : undefined;
  const capEff = hexToBigint(required('CapEff'));
  const sigPnd = hexToBigint(required('SigPnd'));
  const shdPnd = hexToBigint(required('ShdPnd'));
  if (tgid === undefined || tracerPid === undefined || threads === undefined) return undefined;
  if (uids === undefined || gids === undefined || groups === undefined) return undefined;
  if (capEff === undefined || sigPnd === undefined || shdPnd === undefined) return undefined;

  let garbled = false;
  const optional = <T>(key: string, parse: (value: string) => T | undefined): T | undefined => {
    const value = fields.get(key);
    const parsed = value === undefined ? undefined : parse(value);
    if (value !== undefined && parsed === undefined) garbled = true;
    return parsed;
  };
  const nsTgid = optional('NStgid', numbers);
  const nsPid = optional('NSpid', numbers);
  const nsPgid = optional('NSpgid', numbers);
  const nsSid = optional('NSsid', numbers);
  const seccomp = optional('Seccomp', parseDecimal);
  const vmSizeKb = optional('VmSize', (value) =>
    value.endsWith(' kB') ? parseDecimal(value, 0, value.length - 3) : undefined,
  );
  if (garbled) return undefined;
  return {
    fields,
    tgid,
    tracerPid,
    uids,
    gids,
    groups,
    nsTgid,
    nsPid,
    nsPgid,
    nsSid,
    seccomp,
    capEff,
    sigPnd,
    shdPnd,
    threads,
    vmSizeKb,
  };
}
