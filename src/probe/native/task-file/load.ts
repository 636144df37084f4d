import { type Failure, failed } from '../../proc.ts';
import type { System } from '../system.ts';

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
  /** A descriptor to read from what it writes of the files of the process with this pid; of all processes without. */
  open(pid?: number): number | Failure;
  close(): void;
}

/** bpf(2): what an iterator takes. */
export interface BpfCalls {
  /** A descriptor of a map of one value. */
  createMap(bytes: number): number | Failure;
  /** Needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN. `functionId`: what it is attached to. */
  load(code: Buffer, functionId: number): Loaded | Failure;
}

export function bpfCalls(system: System): BpfCalls {
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
  const addressAt = (at: Buffer, place: number, buffer: Buffer) =>
    at.writeBigUInt64LE(BigInt(system.addressOf(buffer)), place);
  const info = Buffer.alloc(LINK_INFO_BYTES);
  const iterate = (program: number, pid: number): number | Failure => {
    info.writeUInt32LE(pid, 4); // of a thread group (Linux 6.1)
    const link = call(command.linkCreate, (at) => {
      at.writeUInt32LE(program, 0);
      at.writeUInt32LE(BPF_TRACE_ITER, 8);
      addressAt(at, 16, info);
      at.writeUInt32LE(info.length, 24);
    });
    if (failed(link)) return link;
    const iterator = call(command.iterCreate, (at) => at.writeUInt32LE(link as number, 0));
    // the iterator holds it
    system.close(link as number);
    return iterator;
  };
  return {
    createMap: (bytes) =>
      call(command.mapCreate, (at) => {
        at.writeUInt32LE(BPF_MAP_TYPE_ARRAY, 0);
        at.writeUInt32LE(4, 4); // bytes of a key
        at.writeUInt32LE(bytes, 8);
        at.writeUInt32LE(1, 12); // entries
      }),
    load: (code, functionId) => {
      // the helpers that read the kernel are for programs under the GPL: so are those that are made here
      const license = Buffer.from('GPL\0');
      const program = call(command.progLoad, (at) => {
        at.writeUInt32LE(BPF_PROG_TYPE_TRACING, 0);
        at.writeUInt32LE(code.length / INSTRUCTION_BYTES, 4);
        addressAt(at, 8, code);
        addressAt(at, 16, license);
        at.write('checkpointable', 48, 'latin1');
        at.writeUInt32LE(BPF_TRACE_ITER, 68);
        at.writeUInt32LE(functionId, 108);
      });
      if (failed(program)) return program;
      return {
        open: (pid = 0) => iterate(program as number, pid),
        close: () => system.close(program as number),
      };
    },
  };
}
