import { fileURLToPath } from 'node:url';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type Options } from '@grpc/proto-loader';
import type { Report } from '../../policy/report.ts';
import type { Body } from '../body.ts';
import type { AgentError } from '../errors.ts';
import { toWire, toWireError } from '../wire.ts';
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
