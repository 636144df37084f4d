import type { Native } from './native/native.ts';
import { type Failure, failed, gone } from './proc.ts';

export interface FdOf {
  readonly pid: number;
  readonly fd: number | undefined;
  /** The same of all fds of one description, where it is told. */
  readonly description?: string;
}

/** Fds by their open file description, in the order of kcmp(2): the place of another is found in few comparisons. */
export type Sorted<Fd> = readonly (readonly Fd[])[];

type Kcmp = Native['kcmp'];

/** `whole`: each could be compared, so that any two that are side by side tell the place of both. */
export function sortByDescription<Fd extends FdOf>(
  kcmp: Kcmp,
  fds: readonly Fd[],
): { readonly sorted: Sorted<Fd>; readonly whole: boolean } {
  const sorted: Fd[][] = [];
  let whole = true;
  for (const one of fds) {
    const { found, at, told } = placeIn(sorted, one, kcmp);
    if (!told) whole = false;
    // one that was closed meanwhile, or may not be compared, stands alone
    if (found === undefined) sorted.splice(at, 0, [one]);
    else sorted[at]?.push(one);
  }
  return { sorted, whole };
}

export interface Place<Fd> {
  /** The description the fd is of. */
  readonly found?: readonly Fd[];
  /** Where it is, or would be. */
  readonly at: number;
  /** Whether kcmp(2) told so. */
  readonly told: boolean;
  /** It may not be compared. */
  readonly failure?: Failure;
}

export function placeIn<Fd extends FdOf>(sorted: Sorted<Fd>, { pid, fd }: FdOf, kcmp: Kcmp): Place<Fd> {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const at = (low + high) >> 1;
    const found = sorted[at] as readonly Fd[];
    const [other] = found as readonly [Fd];
    const order = kcmp('file', pid, other.pid, fd, other.fd);
    if (order === 0) return { found, at, told: true };
    if (order === 1) high = at;
    else if (order === 2) low = at + 1;
    else if (failed(order) && !gone(order)) return { at: low, told: false, failure: order };
    else return { at: low, told: false };
  }
  return { at: low, told: true };
}

/** As three numbers each: pid, fd, and 1 where a description begins. */
export const toNumbers = (sorted: Sorted<FdOf>): Int32Array =>
  Int32Array.from(
    sorted.flatMap((same) => same.flatMap(({ pid, fd }, i) => [pid, fd ?? -1, i === 0 ? 1 : 0])),
  );

/** Whether they are still of these descriptions: each is compared with the one before it, as the order is one of all. */
export function isSorted(kcmp: Kcmp, numbers: Int32Array): boolean {
  for (let i = 3; i < numbers.length; i += 3) {
    const [pidA, fdA, pidB, fdB, begins] = [
      numbers[i - 3],
      numbers[i - 2],
      numbers[i],
      numbers[i + 1],
      numbers[i + 2],
    ] as [number, number, number, number, number];
    if (kcmp('file', pidA, pidB, fdA, fdB) !== begins) return false;
  }
  return true;
}
