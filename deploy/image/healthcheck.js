// Exit status 0 where /livez of the agent in this container answers 200.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const { CHECKPOINTABLE_HTTP = '127.0.0.1:9722', CHECKPOINTABLE_TLS_CERT = '' } = process.env;
const [, host = '', port] = /^(.*):(\d+)$/.exec(CHECKPOINTABLE_HTTP) ?? [];
const everywhere = { '0.0.0.0': '127.0.0.1', '[::]': '::1' };
const options = {
  host: everywhere[host] ?? host.replace(/^\[|\]$/g, ''),
  port,
  path: '/livez',
  timeout: 4000,
};
const answered = ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1);
// the certificate is for the names callers use: here it only has to be the agent's own
const request = CHECKPOINTABLE_TLS_CERT
  ? https.get(
      {
        ...options,
        ca: readFileSync(CHECKPOINTABLE_TLS_CERT),
        allowPartialTrustChain: true,
        checkServerIdentity: () => undefined,
      },
      answered,
    )
  : http.get(options, answered);
request.on('error', () => process.exit(1));
request.on('timeout', () => process.exit(1));
