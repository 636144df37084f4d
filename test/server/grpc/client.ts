import {
  type Client,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** A client that knows the .proto file and nothing of ours. */
const { checkpointable } = loadPackageDefinition(
  loadSync('checkpointable/v1/readiness.proto', {
    includeDirs: ['proto'],
    longs: String,
    defaults: true,
    arrays: true,
  }),
) as unknown as { checkpointable: { v1: { Readiness: new (...args: unknown[]) => Client } } };

type Call = (
  request: object,
  metadata: Metadata,
  options: object,
  done: (...args: unknown[]) => void,
) => void;
type Stream = (request: object, metadata: Metadata, options: object) => ClientReadableStream<object>;
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire, as it came
  readonly message?: any;
  readonly error?: ServiceError;
}

export function connectTo(address: string, channel = credentials.createInsecure(), options = {}) {
  const client = new checkpointable.v1.Readiness(address, channel, options);
  return {
    close: () => client.close(),
    stream: (
      method: string,
      request: object,
      options = {},
      metadata = new Metadata(),
    ): ClientReadableStream<object> => {
      const call = (client as unknown as Record<string, Stream>)[method] as Stream;
      return call.call(client, request, metadata, options);
    },
    call: (method: string, request: object, options = {}, metadata = new Metadata()): Promise<Answer> =>
      new Promise((resolve) => {
        const call = (client as unknown as Record<string, Call>)[method] as Call;
        call.call(client, request, metadata, options, (error, message) =>
          resolve(error ? { error: error as ServiceError } : { message }),
        );
      }),
  };
}

interface Value {
  readonly [kind: string]: unknown;
}

/** google.protobuf.Struct → JSON, and messages that were not set left out, as in JSON. */
// biome-ignore lint/suspicious/noExplicitAny: any message
export function plain(message: any): any {
  if (Array.isArray(message)) return message.map(plain);
  if (typeof message !== 'object' || message === null) return message;
  return Object.fromEntries(
    Object.entries(message)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [
        name,
        name === 'facts' && !Array.isArray(value) ? struct(value) : plain(value),
      ]),
  );
}

function struct(message: unknown): unknown {
  const { fields = {} } = message as { fields?: Record<string, Value> };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, scalar(value)]));
}

function scalar(value: Value): unknown {
  const [kind = ''] = Object.keys(value);
  if (kind === 'listValue') return (value[kind] as { values: Value[] }).values.map(scalar);
  return kind === 'nullValue' ? null : value[kind];
}
