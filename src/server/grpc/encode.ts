import { fileURLToPath } from 'node:url';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type Options } from '@grpc/proto-loader';
import type { Report } from '../../policy/report.ts';
import type { Body } from '../body.ts';
import { chunks } from '../chunks.ts';
import type { AgentError } from '../errors.ts';
import { toFinding, toProcess, toUnread, toWire, toWireError, toWireHead, type WireReport } from '../wire.ts';
import { toMessage } from './messages.ts';

/** As the types in generated/ were made: see the npm script `generate`. */
const loaderOptions: Options = {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  // from src and from dist alike
  includeDirs: [fileURLToPath(new URL('../../../proto', import.meta.url))],
};
export const serviceName = 'checkpointable.v1.Readiness';
export const definition = loadSync('checkpointable/v1/readiness.proto', loaderOptions);

type Method = MethodDefinition<object, object>;
const { Check, CheckBatch } = definition[serviceName] as unknown as Record<'Check' | 'CheckBatch', Method>;

/** A report as gRPC sends it: alone, or as a batch of one. Such batches one behind the other are one batch. */
export function encode(report: Report, form: 'message' | 'result'): Buffer {
  const message = toMessage(toWire(report));
  return form === 'message'
    ? Check.responseSerialize(message)
    : CheckBatch.responseSerialize({ results: [{ report: message }] });
}

/**
 * What `encode` gives, in pieces. Messages one behind the other are one message, whose lists are the lists of all of
 * them (protobuf.dev, "Last One Wins").
 */
export function* messagePieces(report: Report): Iterable<Buffer> {
  const encoded = (part: Partial<WireReport>) => Check.responseSerialize(toMessage(part));
  yield encoded(toWireHead(report));
  for (const some of chunks(report.findings)) yield encoded({ findings: some.map(toFinding) });
  for (const some of chunks(report.unread)) yield encoded({ unread: some.map(toUnread) });
  for (const process of report.processes) yield encoded({ processes: [toProcess(process)] });
  for (const part of report.parts) yield encoded({ parts: [{ ...toWire(part), parts: [] }] });
}

/** The message of a report as a batch of one: `results` and `report` are each the first field of theirs. */
export function asResult({ chunks: message, bytes }: Body): Body {
  const report = [lengthDelimited, ...varint(bytes)];
  const result = [lengthDelimited, ...varint(report.length + bytes)];
  const head = Buffer.from([...result, ...report]);
  return { chunks: [head, ...message], bytes: head.length + bytes };
}

/** Tag of a field 1 that begins with its length. */
const lengthDelimited = 0x0a;

const varint = (number: number): readonly number[] =>
  number < 0x80 ? [number] : [(number & 0x7f) | 0x80, ...varint(number >>> 7)];

export const encodeError = (error: AgentError): Buffer =>
  CheckBatch.responseSerialize({ results: [{ error: toWireError(error) }] });

/** A service whose checks are answered in bytes: a probing process has made them. */
export function answeringBytes<Service extends ServiceDefinition>(service: Service): Service {
  const serialize = ({ chunks }: Body) => Buffer.concat(chunks);
  const methods = Object.entries(service).map(([name, method]) => [
    name,
    name === 'Check' || name === 'CheckBatch' ? { ...method, responseSerialize: serialize } : method,
  ]);
  return Object.fromEntries(methods) as Service;
}
