import { ServerCredentials, type ServerUnaryCall } from '@grpc/grpc-js';
import type { Credentials } from './caller.ts';
import type { TlsMaterial } from './tls.ts';

type Call = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getPeer' | 'getAuthContext'>;

/** What a call shows of who asks. */
export function callCredentials(call: Call): Credentials {
  const [authorization] = call.metadata.get('authorization');
  const { sslPeerCertificate: certificate } = call.getAuthContext();
  const peer = call.getPeer();
  return {
    ...(typeof authorization === 'string' ? { authorization } : {}),
    ...(certificate === undefined ? {} : { certificate }),
    // a unix socket has none
    ...(peer === 'unknown' ? {} : { address: peer.replace(/:\d+$/, '') }),
  };
}

/** As `ServerCredentials.createSsl`, whose certificates last as long as the server does. */
export class ReloadableCredentials extends ServerCredentials {
  constructor({ context, clientCa }: TlsMaterial, handshakeMs: number) {
    super(
      { requestCert: clientCa !== '', rejectUnauthorized: false, handshakeTimeout: handshakeMs },
      context,
    );
  }

  /** For connections that begin from now on. */
  reload({ context }: TlsMaterial): void {
    this.updateSecureContextOptions(context);
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}
