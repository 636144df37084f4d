import type { Check, CheckRequest } from '../check.ts';
import { AgentError, toAgentError } from '../errors.ts';
import type { WatchHub, WatchSink } from '../watch.ts';
import { addressId, type Caller, type Credentials, type Role } from './caller.ts';
import type { Clients } from './clients.ts';
import { bearerOf, certificateCaller, tokenCaller, wantedOf } from './identity.ts';
import type { Secrets } from './secrets.ts';
import { sightOf } from './sight.ts';
import type { TlsMaterial } from './tls.ts';
import { findToken } from './tokens.ts';

export interface AccessSetup {
  readonly secrets: Secrets;
  /** Of those who show nothing, where nothing is required. */
  readonly anonymousRole: Role | 'none';
  readonly clients: Clients;
}

/** Who may ask what, the same over REST and gRPC. */
export interface Access {
  /** Over TCP nobody is answered without a token or a certificate. */
  readonly required: () => boolean;
  /** Whose request it is, which is counted. Throws Unauthenticated, TooBusy. */
  enter(credentials: Credentials): Caller;
  /** More requests that came in one. Throws TooBusy. */
  spend(caller: Caller, requests: number): void;
  /** The check as this caller may ask it, and sees it answered. */
  asks(caller: Caller, ask: Check): Check;
  /** The same of a watch, which ends when the caller's credentials do. */
  watch(
    caller: Caller,
    hub: WatchHub,
    request: CheckRequest,
    intervalMs: number,
    sink: WatchSink,
  ): () => void;
  /** What both servers speak TLS with; absent: they do not. */
  readonly tls: () => TlsMaterial | undefined;
  /** `listener` is told of new material, and whether other authorities sign the callers' certificates now. */
  onTls(listener: (tls: TlsMaterial, authorities: boolean) => void): void;
  replace(secrets: Secrets): void;
}

export function createAccess({ secrets: first, anonymousRole, clients }: AccessSetup): Access {
  let secrets = first;
  const listeners: ((tls: TlsMaterial, authorities: boolean) => void)[] = [];
  /** Of watches that go on: looks whether their caller may still. */
  const watching = new Set<() => void>();
  const clientCa = () => secrets.tls?.clientCa ?? '';
  const required = () => secrets.tokens !== undefined || clientCa() !== '';

  /** Undefined: nothing that is looked at was shown. */
  const identify = ({ authorization, certificate }: Credentials): Caller | undefined | 'wrong' => {
    if (secrets.tokens !== undefined && authorization !== undefined) {
      const token = findToken(secrets.tokens, bearerOf(authorization));
      return token === undefined ? 'wrong' : tokenCaller(token, () => secrets.tokens);
    }
    if (certificate === undefined || clientCa() === '') return undefined;
    const ca = clientCa();
    return certificateCaller(certificate, () => clientCa() === ca);
  };
  const refuse = (credentials: Credentials): never => {
    // who guesses is slowed down as everyone else
    clients.spend(addressId(credentials.address), 1);
    throw new AgentError('Unauthenticated', wantedOf(secrets, credentials));
  };

  return {
    required,
    tls: () => secrets.tls,
    onTls: (listener) => void listeners.push(listener),
    replace(next) {
      const authorities = clientCa() !== (next.tls?.clientCa ?? '');
      secrets = next;
      for (const look of [...watching]) look();
      if (next.tls !== undefined) for (const listener of listeners) listener(next.tls, authorities);
    },
    enter(credentials) {
      const known = identify(credentials);
      if (known === 'wrong') return refuse(credentials);
      const { address } = credentials;
      const anonymous = anonymousRole !== 'none' && (address === undefined || !required());
      const caller =
        known ??
        (anonymous
          ? { id: addressId(address), role: anonymousRole, holds: () => true }
          : refuse(credentials));
      clients.spend(caller.id, 1);
      return caller;
    },
    spend: ({ id }, requests) => clients.spend(id, requests),
    asks({ id, role }, ask) {
      const sight = sightOf(role);
      return async (request, deadlineMs) => {
        const end = clients.begin(id);
        try {
          const { render } = request;
          const { body, ...report } = await ask(
            render === undefined ? request : { ...request, render: { ...render, role } },
            deadlineMs,
          );
          // it was made for this role
          return { ...sight.report(report), ...(body === undefined ? {} : { body }) };
        } catch (error) {
          throw sight.error(toAgentError(error));
        } finally {
          end();
        }
      };
    },
    watch({ id, role, holds }, hub, request, intervalMs, sink) {
      const sight = sightOf(role);
      const free = clients.watch(id);
      const left = () => {
        watching.delete(look);
        free();
      };
      let leave = () => {};
      const look = () => {
        if (holds()) return;
        left();
        leave();
        sink.end(new AgentError('Unauthenticated', 'what was shown at the beginning is no more accepted'));
      };
      const guarded: WatchSink = {
        full: () => sink.full(),
        send: (event) => sink.send(sight.event(event)),
        end(error) {
          left();
          sink.end(sight.error(error));
        },
      };
      try {
        leave = hub.watch(request, intervalMs, guarded);
      } catch (error) {
        left();
        throw sight.error(toAgentError(error));
      }
      watching.add(look);
      return () => {
        left();
        leave();
      };
    },
  };
}
