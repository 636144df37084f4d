import type { Asked } from '../question.ts';
import type { WireReport } from '../wire.ts';
import type { CheckRequest__Output } from './generated/checkpointable/v1/CheckRequest.ts';
import type { Report } from './generated/checkpointable/v1/Report.ts';
import { toStruct } from './struct.ts';

/** The wire object with its facts as Structs; all else has the same names in the proto. */
export const toMessage = (report: Partial<WireReport>): Report => writable(withStructs(report));

function withStructs(report: Partial<WireReport>): object {
  const processes = report.processes?.map((process) => ({
    ...process,
    facts: toStruct(process.facts),
    files: process.files.map((file) => ({ ...file, facts: toStruct(file.facts) })),
  }));
  return { ...report, processes, parts: report.parts?.map(withStructs) };
}

/** Generated types have mutable arrays, and nothing here changes one. */
export const writable = <T>(value: T): Writable<T> => value as Writable<T>;

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;

/** What was not said is empty, as proto3 has it; an fd alone may be 0. */
export function fromMessage({ target, ...rest }: CheckRequest__Output): Asked {
  if (target === null) return rest;
  const { fd, ...said } = target;
  return { ...rest, target: { ...said, ...(fd === undefined ? {} : { fd }) } };
}
