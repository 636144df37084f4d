import type { Native } from '../native/native.ts';
import {
  type Probe,
  type ProbeAnswer,
  type ProbeRequest,
  reader,
  type StartScan,
  scanner,
} from '../probe.ts';
import type { Proc } from '../proc.ts';
import { answerDigester, keyIndex } from './calls.ts';
import { createBytesDigester, createDigester } from './digest.ts';
import type { Digests } from './note.ts';
import { recording } from './record.ts';
import { answersTheSame } from './replay.ts';
import { createTraceWriter, type Trace } from './trace.ts';

/** A probe that can tell whether it would answer the same again, for a fraction of what it takes to answer. */
export interface Tracer {
  readonly probe: Probe;
  /** As `probe` answers; `trace` is what it rests on, undefined where that cannot be told. */
  traced(request: ProbeRequest): { readonly answer: ProbeAnswer; readonly trace: Trace | undefined };
  /**
   * Whether everything that was read then is read now, and answers the same: so would the probe. Nothing is taken for
   * unchanged that is not looked at.
   */
  isUnchanged(trace: Trace, request: ProbeRequest): boolean;
}

/** `seed`: see `Digester`. */
export function createTracer(
  proc: Proc,
  native: Native | undefined,
  seed: number,
  scanOf: StartScan = scanner(proc, native),
): Tracer {
  const read = reader();
  const of = createDigester(seed);
  const digests: Digests = {
    of,
    bytes: createBytesDigester(seed),
    answer: answerDigester(of),
    index: keyIndex(of),
  };
  const scanFor = ({ asks, asksOf }: ProbeRequest) => scanOf(asks, asksOf);
  return {
    probe: (request) => read(scanFor(request), request),
    traced: (request) => {
      const writer = createTraceWriter();
      const answer = read(recording(scanFor(request), writer, digests), request);
      return { answer, trace: writer.finish() };
    },
    isUnchanged: (trace, request) => answersTheSame(trace, scanFor(request), digests),
  };
}
