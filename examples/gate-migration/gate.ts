// Runs a command, such as a migration, only while a pod can be checkpointed:
//   [WAIT_SECONDS=60] node gate.js ADDRESS NAMESPACE/NAME UID [OPTION ...] -- COMMAND [ARGUMENT ...]
// OPTION: what the checkpoint will be made with. Exit status: that of the command; 1 not ready; 2 nobody can tell; 64 usage.
// It knows the .proto file, which is in the folder `proto` beside it, and nothing else of checkpointable.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Client, type ClientReadableStream, credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

interface Report {
  readonly verdict: string;
  readonly reason: string;
  readonly message: string;
  readonly observedAt: string;
  readonly changedDuringCheck: boolean;
  readonly target: { readonly pod: { readonly uid: string } | null };
  readonly options: { readonly needed: readonly string[] };
}

interface WatchEvent {
  readonly report?: Report | null;
  readonly error?: { readonly code: string; readonly detail: string } | null;
}

interface Readiness extends Client {
  Check(
    request: object,
    options: { deadline: number },
    done: (error: Error | null, report?: Report) => void,
  ): void;
  Watch(request: object, options: { deadline: number }): ClientReadableStream<WatchEvent>;
}

const say = (text: string) => process.stderr.write(`gate: ${text}\n`);

function connect(address: string): Readiness {
  const definition = loadSync('checkpointable/v1/readiness.proto', {
    includeDirs: [join(import.meta.dirname, 'proto')],
    defaults: true,
    longs: String,
  });
  const { checkpointable } = loadPackageDefinition(definition) as unknown as {
    checkpointable: { v1: { Readiness: new (address: string, by: unknown) => Readiness } };
  };
  return new checkpointable.v1.Readiness(address, credentials.createInsecure());
}

const check = (client: Readiness, request: object): Promise<Report> =>
  new Promise((resolve, reject) => {
    client.Check(request, { deadline: Date.now() + 10_000 }, (error, report) =>
      report === undefined ? reject(error) : resolve(report),
    );
  });

/** Ends with the first report that is ready, or fails: the pod is gone, or the time is over. */
async function untilReady(client: Readiness, request: object, seconds: number): Promise<void> {
  const stream = client.Watch(
    { check: request, intervalSeconds: 1 },
    { deadline: Date.now() + seconds * 1000 },
  );
  try {
    for await (const { report, error } of stream as AsyncIterable<WatchEvent>) {
      if (error) say(`${error.code}: ${error.detail}`);
      if (report) say(`${report.verdict}: ${report.message}`);
      if (report?.verdict === 'ready') return;
    }
  } finally {
    stream.cancel();
  }
}

/** All that a gate looks at. Anything but a plain yes is a no. */
function whyNot({ verdict, reason, message, options, ...report }: Report, uid: string): string {
  if (verdict === 'ready-with-options') return `${reason}: it needs --${options.needed.join(' --')}`;
  if (verdict !== 'ready') return `${verdict}: ${reason}: ${message}`;
  if (report.changedDuringCheck) return 'it changed while it was read';
  if (report.target.pod?.uid !== uid) return 'that is another pod';
  return Date.now() - Date.parse(report.observedAt) > 10_000 ? 'the answer is old' : '';
}

async function main(words: readonly string[]): Promise<number> {
  const split = words.indexOf('--');
  const [address = '', pod = '', uid = '', ...options] = words.slice(0, split);
  const [namespace, name] = pod.split('/');
  const [command, ...rest] = split < 0 ? [] : words.slice(split + 1);
  if (!namespace || !name || uid === '' || command === undefined) {
    say('expected ADDRESS NAMESPACE/NAME UID [OPTION ...] -- COMMAND [ARGUMENT ...]');
    return 64;
  }
  const client = connect(address);
  // the uid pins it: a pod that was made anew under this name is an error, not an answer
  const request = { target: { pod: { namespace, name, uid } }, options };
  try {
    const seconds = Number(process.env.WAIT_SECONDS ?? 0);
    if (seconds > 0) await untilReady(client, request, seconds);
    const report = await check(client, request);
    const why = whyNot(report, uid);
    if (why !== '') {
      say(why);
      return report.verdict === 'unknown' ? 2 : 1;
    }
  } catch (error) {
    const { metadata, details } = error as { metadata?: { get(key: string): unknown[] }; details?: string };
    say(`${metadata?.get('checkpointable-code')[0] ?? 'no answer'}: ${details ?? String(error)}`);
    return 2;
  } finally {
    client.close();
  }
  const [status] = await once(spawn(command, rest, { stdio: 'inherit' }), 'close');
  return (status as number | null) ?? 2;
}

process.exitCode = await main(process.argv.slice(2));
