import { type Assembler, assembler, type Register, type Size } from './assembler.ts';
import type { Btf } from './btf.ts';
import { layout, type Part, type Reads, TEXT_BYTES } from './layout.ts';

/** enum bpf_func_id, include/uapi/linux/bpf.h */
export const helpers = { probeReadKernel: 113, probeReadKernelStr: 115, seqWrite: 127, dPath: 147 } as const;
/** struct bpf_iter__task_file, kernel/bpf/task_iter.c; struct bpf_iter_meta begins with the seq_file. */
export const context = { meta: 0, task: 8, fd: 16, file: 24 } as const;
/** Of the function that the kernel calls for each file of a task. */
export const attachedTo = 'bpf_iter_task_file';

/** Registers that outlive a call: what such a program is called with, the file, its record, and where it is reading. */
export const [CONTEXT, FILE, RECORD, AT, FRAME] = [6, 7, 8, 9, 10] as const;
/** On the frame. */
const POINTER = -8;

export type OffsetIn = (struct: string, path: string) => number;

/** Where a member is. Throws where this kernel has none, or it is a part of a byte. */
export const offsetIn =
  (btf: Btf): OffsetIn =>
  (struct, path) => {
    const found = btf.member(struct, path);
    if (found === undefined) throw new Error(`this kernel has no ${struct}.${path}`);
    if (found.bits % 8 !== 0) throw new Error(`${struct}.${path} is a bit field`);
    return found.offset;
  };

/** How such a program begins: of threads that have files of their own it says nothing. Its pid is in register 1. */
export function leaderOnly(
  { load, aluRegister, jumpIf, jumpIfRegister }: Assembler,
  offset: OffsetIn,
  out: string,
): void {
  aluRegister('mov', CONTEXT, 1);
  load(8, FILE, CONTEXT, context.file);
  jumpIf('eq', FILE, 0, out);
  load(8, AT, CONTEXT, context.task);
  jumpIf('eq', AT, 0, out);
  load(4, 1, AT, offset('task_struct', 'pid'));
  load(4, 2, AT, offset('task_struct', 'tgid'));
  jumpIfRegister('ne', 1, 2, out);
}

export type Emitter = ReturnType<typeof createEmitter>;

/** What programs that write records are made of. */
export function createEmitter(btf: Btf) {
  const code = assembler();
  const { load, store, storeNumber, alu, aluRegister, call } = code;
  const offset = offsetIn(btf);
  const placeOf = (name: string): number => layout.at[name as keyof typeof layout.at];

  /** Of what `base` points to, which the verifier knows the type of. */
  const next = (to: Register, base: Register, struct: string, path: string) =>
    load(8, to, base, offset(struct, path));
  const loadAll = (reads: Reads, base: Register) => {
    for (const [name, [size, struct, path]] of Object.entries(reads)) {
      load(size, 1, base, offset(struct, path));
      store(8, RECORD, placeOf(name), 1);
    }
  };

  /** Of what AT points to, which it knows nothing of: an address that is none gives zeroes. */
  const copyTo = (
    base: Register,
    place: number,
    bytes: number,
    from: number,
    helper: number = helpers.probeReadKernel,
  ) => {
    aluRegister('mov', 1, base);
    alu('add', 1, place);
    alu('mov', 2, bytes);
    aluRegister('mov', 3, AT);
    alu('add', 3, from);
    call(helper);
  };
  const copy = (name: string, bytes: number, from: number, helper?: number) =>
    copyTo(RECORD, placeOf(name), bytes, from, helper);
  const copyNumber = (name: string, size: Size, from: number) => {
    if (size < 8) storeNumber(RECORD, placeOf(name), 0);
    copy(name, size, from);
  };
  const copyAll = (reads: Reads) => {
    for (const [name, [size, struct, path]] of Object.entries(reads))
      copyNumber(name, size, offset(struct, path));
  };
  /** What is behind a text that is copied there would be of the record before. */
  const clear = (name: string, bytes: number) => {
    for (let at = 0; at < bytes; at += 8) storeNumber(RECORD, placeOf(name) + at, 0);
  };
  /** As many bytes as the record has in `length`, where those are no more than `most`: what is behind them is other memory. */
  const copyBytes = (name: string, length: string, most: number, from: number) => {
    const behind = `behind ${name}`;
    clear(name, most);
    load(8, 2, RECORD, placeOf(length));
    code.jumpIf('gt', 2, most, behind);
    aluRegister('mov', 1, RECORD);
    alu('add', 1, placeOf(name));
    aluRegister('mov', 3, AT);
    alu('add', 3, from);
    call(helpers.probeReadKernel);
    code.label(behind);
  };
  /** AT comes to what its member points to. */
  const follow = (struct: string, path: string) => {
    copyTo(FRAME, POINTER, 8, offset(struct, path));
    load(8, AT, FRAME, POINTER);
  };

  const mask = (name: string, bits: number) => {
    load(8, 1, RECORD, placeOf(name));
    alu('and', 1, bits);
    store(8, RECORD, placeOf(name), 1);
  };
  /** Whether a bit of 64 is set; where it is not known which one it is, it may be. */
  const copyBit = (name: string, struct: string, path: string, bit: string) => {
    const place = btf.enumerator(bit);
    const flags = btf.member(struct, path);
    storeNumber(RECORD, placeOf(name), 1);
    if (place === undefined || flags === undefined) return;
    copyNumber(name, 8, flags.offset);
    mask(name, 1 << place);
  };

  /** A part of the record, or the text, goes out. */
  const write = (part: Part | 'text', out: string) => {
    load(8, 1, CONTEXT, context.meta);
    load(8, 1, 1, 0);
    aluRegister('mov', 2, RECORD);
    if (part === 'text') {
      alu('add', 2, layout.text[0]);
      load(8, 3, RECORD, placeOf('textBytes'));
      // for the verifier, which does not know any more
      code.jumpIf('gt', 3, TEXT_BYTES, out);
    } else {
      alu('add', 2, part[0]);
      alu('mov', 3, part[1] - part[0]);
    }
    call(helpers.seqWrite);
  };

  return {
    btf,
    code,
    offset,
    placeOf,
    next,
    loadAll,
    copy,
    copyNumber,
    copyAll,
    clear,
    copyBytes,
    follow,
    mask,
    copyBit,
    write,
  };
}
