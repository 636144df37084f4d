import { type Failure, failed } from '../../proc.ts';
import type { System } from '../system.ts';
import { assembler } from './assembler.ts';
import type { Btf } from './btf.ts';
import { CONTEXT, context, FILE, FRAME, helpers, leaderOnly, offsetIn } from './emitter.ts';
import type { Loaded } from './load.ts';

/** bpf_seq_read() gives at most so much at once: eight pages. */
const BUFFER_BYTES = 64 * 1024;
/** A pid and an fd. */
const PAIR_BYTES = 8;

export interface FdPair {
  readonly pid: number;
  readonly fd: number;
}

/** A program that writes the pid and the number of each fd whose file has the f_op at this address. */
export function findProgram(btf: Btf, operations: bigint): Buffer {
  const code = assembler();
  const { load, store, alu, aluRegister, jumpIfRegister } = code;
  const offset = offsetIn(btf);
  leaderOnly(code, offset, 'out');
  store(4, FRAME, -PAIR_BYTES, 1);
  load(8, 1, FILE, offset('file', 'f_op'));
  code.number64(2, operations);
  jumpIfRegister('ne', 1, 2, 'out');
  load(4, 1, CONTEXT, context.fd);
  store(4, FRAME, -PAIR_BYTES + 4, 1);
  load(8, 1, CONTEXT, context.meta);
  load(8, 1, 1, 0);
  aluRegister('mov', 2, FRAME);
  alu('add', 2, -PAIR_BYTES);
  alu('mov', 3, PAIR_BYTES);
  code.call(helpers.seqWrite);
  code.label('out');
  alu('mov', 0, 0);
  code.exit();
  return code.finish();
}

/** What such a program finds on the whole node. */
export function findPairs(system: System, program: Loaded): readonly FdPair[] | Failure {
  const iterator = program.open();
  if (failed(iterator)) return iterator;
  const buffer = Buffer.alloc(BUFFER_BYTES);
  const pairs: FdPair[] = [];
  for (;;) {
    const length = system.read(iterator as number, buffer);
    const failure = length < 0 ? system.failure() : undefined;
    if (length <= 0) {
      system.close(iterator as number);
      return failure ?? pairs;
    }
    for (let at = 0; at + PAIR_BYTES <= length; at += PAIR_BYTES)
      pairs.push({ pid: buffer.readUInt32LE(at), fd: buffer.readUInt32LE(at + 4) });
  }
}
