import { loadNative } from '../../src/probe/native/koffi.ts';
import { realProc } from '../../src/probe/proc.ts';

const { native, missing } = loadNative();

/** Native calls that read open files by the kernel's iterator, or why that cannot be had here. */
export const iterating = native;
export const iteratorMissing = missing ?? native?.iterateFiles(realProc());
