// A client that has the .proto file and grpc-js, and nothing of this project:
//   node grpc-client.mjs ADDRESS PID     with readiness.proto's folder `proto` beside it
import { join } from 'node:path';
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const [address, pid] = process.argv.slice(2);
const includeDirs = [join(import.meta.dirname, 'proto')];
const { checkpointable, grpc } = loadPackageDefinition(
  loadSync(['checkpointable/v1/readiness.proto', 'health.proto'], {
    includeDirs,
    longs: String,
    defaults: true,
  }),
);
const readiness = new checkpointable.v1.Readiness(address, credentials.createInsecure());
const health = new grpc.health.v1.Health(address, credentials.createInsecure());
const call = (client, method, request) =>
  new Promise((resolve) => {
    client[method](request, (error, reply) =>
      resolve(error ? { status: error.code, code: error.metadata.get('checkpointable-code')[0] } : { reply }),
    );
  });
const target = { pid: Number(pid) };
const requests = [{ target }, { target: { pid: 4_194_304 } }];
const said = {
  check: await call(readiness, 'Check', { target, show: 'all' }),
  gone: await call(readiness, 'Check', { target: { pid: 4_194_304 } }),
  batch: await call(readiness, 'CheckBatch', { requests }),
  policies: await call(readiness, 'ListPolicies', {}),
  health: await call(health, 'Check', { service: 'checkpointable.v1.Readiness' }),
};
process.stdout.write(JSON.stringify(said));
readiness.close();
health.close();
