/** Registers of eBPF: arguments and answers in 0 to 5, of which none outlives a call; 10 is the frame. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
export type Size = 1 | 2 | 4 | 8;

/** Codes of include/uapi/linux/bpf.h */
const LDX_MEM = 0x61;
const STX_MEM = 0x63;
const ST_MEM_DW = 0x7a;
const LD_IMM64 = 0x18;
const PSEUDO_MAP_VALUE = 2;
const CALL = 0x85;
const EXIT = 0x95;
const JA = 0x05;
const sizeBits: Readonly<Record<Size, number>> = { 4: 0x00, 2: 0x08, 1: 0x10, 8: 0x18 };
const K = 0x00;
const X = 0x08;
/** 64 bits each. */
const alu = { add: 0x07, sub: 0x17, and: 0x57, lsh: 0x67, rsh: 0x77, mov: 0xb7 } as const;
const jump = { eq: 0x15, ne: 0x55, sgt: 0x65, gt: 0x25 } as const;

const INSTRUCTION_BYTES = 8;

export interface Assembler {
  load(size: Size, to: Register, from: Register, offset: number): void;
  store(size: Size, to: Register, offset: number, from: Register): void;
  /** 64 bits. */
  storeNumber(to: Register, offset: number, value: number): void;
  alu(operation: keyof typeof alu, to: Register, value: number): void;
  aluRegister(operation: keyof typeof alu, to: Register, from: Register): void;
  number64(to: Register, value: bigint): void;
  /** Where the value of a map of one entry is. */
  mapValue(to: Register, mapFd: number): void;
  jumpIf(condition: keyof typeof jump, register: Register, value: number, label: string): void;
  jumpIfRegister(condition: keyof typeof jump, a: Register, b: Register, label: string): void;
  jump(label: string): void;
  label(name: string): void;
  call(helper: number): void;
  exit(): void;
  /** Throws where a label is missing. */
  finish(): Buffer;
}

/** Instructions of eBPF, one after the other. */
export function assembler(): Assembler {
  const code: { op: number; dst: number; src: number; off: number; imm: number; label?: string }[] = [];
  const labels = new Map<string, number>();
  const push = (op: number, dst = 0, src = 0, off = 0, imm = 0, label?: string) => {
    code.push({ op, dst, src, off, imm, ...(label === undefined ? {} : { label }) });
  };
  return {
    load: (size, to, from, offset) => push(LDX_MEM | sizeBits[size], to, from, offset),
    store: (size, to, offset, from) => push(STX_MEM | sizeBits[size], to, from, offset),
    storeNumber: (to, offset, value) => push(ST_MEM_DW, to, 0, offset, value),
    alu: (operation, to, value) => push(alu[operation] | K, to, 0, 0, value),
    aluRegister: (operation, to, from) => push(alu[operation] | X, to, from),
    number64: (to, value) => {
      push(LD_IMM64, to, 0, 0, Number(BigInt.asIntN(32, value)));
      push(0, 0, 0, 0, Number(BigInt.asIntN(32, value >> 32n)));
    },
    mapValue: (to, mapFd) => {
      push(LD_IMM64, to, PSEUDO_MAP_VALUE, 0, mapFd);
      push(0);
    },
    jumpIf: (condition, register, value, label) => push(jump[condition] | K, register, 0, 0, value, label),
    jumpIfRegister: (condition, a, b, label) => push(jump[condition] | X, a, b, 0, 0, label),
    jump: (label) => push(JA, 0, 0, 0, 0, label),
    label: (name) => labels.set(name, code.length),
    call: (helper) => push(CALL, 0, 0, 0, helper),
    exit: () => push(EXIT),
    finish: () => {
      const bytes = Buffer.alloc(code.length * INSTRUCTION_BYTES);
      for (const [at, { op, dst, src, off, imm, label }] of code.entries()) {
        const target = label === undefined ? undefined : labels.get(label);
        if (label !== undefined && target === undefined) throw new Error(`no label ${label}`);
        const place = at * INSTRUCTION_BYTES;
        bytes.writeUInt8(op, place);
        bytes.writeUInt8((src << 4) | dst, place + 1);
        bytes.writeInt16LE(target === undefined ? off : target - at - 1, place + 2);
        bytes.writeInt32LE(imm, place + 4);
      }
      return bytes;
    },
  };
}
