import { type Failure, failed } from '../../proc.ts';
import type { System } from '../system.ts';
import type { Btf } from './btf.ts';
import { layout } from './layout.ts';
import { attachedTo, taskFileProgram } from './program.ts';

/** enum bpf_cmd, include/uapi/linux/bpf.h */
const command = { mapCreate: 0, progLoad: 5, linkCreate: 28, iterCreate: 33 } as const;
const BPF_MAP_TYPE_ARRAY = 2;
const BPF_PROG_TYPE_TRACING = 26;
const BPF_TRACE_ITER = 28;
/** union bpf_attr as far as it is used; union bpf_iter_link_info. */
const ATTRIBUTE_BYTES = 120;
const LINK_INFO_BYTES = 16;
const INSTRUCTION_BYTES = 8;
const MOST_TRIES = 20;

/** A program that is loaded. */
export interface Loaded {
  /** A descriptor to read records from, of the process with this pid. */
  open(pid: number): number | Failure;
  close(): void;
}

/** Needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN. Throws where the kernel lacks what the program reads. */
export function loadProgram(system: System, btf: Btf): Loaded | Failure {
  const attribute = Buffer.alloc(ATTRIBUTE_BYTES);
  const call = (number: number, fill: (at: Buffer) => void): number | Failure => {
    for (let tries = 1; ; tries++) {
      attribute.fill(0);
      fill(attribute);
      const answer = system.bpf(number, attribute);
      if (answer >= 0) return answer;
      const failure = system.failure();
      // a signal came while the program was looked through
      if (failure.errno !== 'EAGAIN' || tries === MOST_TRIES) return failure;
    }
  };
  const functionId = btf.functionId(attachedTo);
  if (functionId === undefined) throw new Error(`this kernel has no ${attachedTo}`);

  const map = call(command.mapCreate, (at) => {
    at.writeUInt32LE(BPF_MAP_TYPE_ARRAY, 0);
    at.writeUInt32LE(4, 4); // bytes of a key
    at.writeUInt32LE(layout.mapBytes, 8);
    at.writeUInt32LE(1, 12); // entries
  });
  if (failed(map)) return map;
  const program = load(map as number, functionId);
  // the program holds it
  system.close(map as number);
  if (failed(program)) return program;

  const info = Buffer.alloc(LINK_INFO_BYTES);
  return {
    open: (pid) => {
      info.writeUInt32LE(pid, 4); // of a thread group (Linux 6.1)
      const link = call(command.linkCreate, (at) => {
        at.writeUInt32LE(program as number, 0);
        at.writeUInt32LE(BPF_TRACE_ITER, 8);
        at.writeBigUInt64LE(BigInt(system.addressOf(info)), 16);
        at.writeUInt32LE(info.length, 24);
      });
      if (failed(link)) return link;
      const iterator = call(command.iterCreate, (at) => at.writeUInt32LE(link as number, 0));
      system.close(link as number);
      return iterator;
    },
    close: () => system.close(program as number),
  };

  function load(mapFd: number, attachId: number): number | Failure {
    const code = taskFileProgram(btf, mapFd);
    // the helpers that read the kernel are for programs under the GPL: so is the one that is made here
    const license = Buffer.from('GPL\0');
    return call(command.progLoad, (at) => {
      at.writeUInt32LE(BPF_PROG_TYPE_TRACING, 0);
      at.writeUInt32LE(code.length / INSTRUCTION_BYTES, 4);
      at.writeBigUInt64LE(BigInt(system.addressOf(code)), 8);
      at.writeBigUInt64LE(BigInt(system.addressOf(license)), 16);
      at.write('checkpointable', 48, 'latin1');
      at.writeUInt32LE(BPF_TRACE_ITER, 68);
      at.writeUInt32LE(attachId, 108);
    });
  }
}
