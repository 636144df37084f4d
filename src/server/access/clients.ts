import { AgentError } from '../errors.ts';

export interface ClientLimits {
  /** Requests per second, twice as many at once; 0: any. */
  readonly rate: number;
  /** Checks at the same time; 0: any. */
  readonly checks: number;
  /** Watches at the same time. */
  readonly watches: number;
  /** Callers that are remembered. */
  readonly remembered: number;
}

/** What each caller may still do. */
export interface Clients {
  /** One request, or as many as a batch holds. Throws TooBusy. */
  spend(id: string, requests: number): void;
  /** A check that begins; returns what to call at its end. Throws TooBusy. */
  begin(id: string): () => void;
  /** A watch that begins; returns what to call at its end. Throws TooManyWatchers. */
  watch(id: string): () => void;
  readonly size: () => number;
}

interface Client {
  /** Of its bucket: a batch may take more than there is, and is waited for afterwards. */
  left: number;
  at: number;
  checks: number;
  watches: number;
}

/** `now` in milliseconds, never going back. */
export function createClients(limits: ClientLimits, now: () => number): Clients {
  const { rate, checks, watches, remembered } = limits;
  const clients = new Map<string, Client>();
  const full = rate * 2;

  const clientOf = (id: string): Client => {
    const known = clients.get(id);
    const client = known ?? { left: full, at: now(), checks: 0, watches: 0 };
    // the last one asked is the last to be forgotten
    clients.delete(id);
    if (known === undefined && clients.size >= remembered) forget();
    clients.set(id, client);
    return client;
  };
  const forget = () => {
    for (const [id, client] of clients) {
      if (client.checks > 0 || client.watches > 0) continue;
      clients.delete(id);
      return;
    }
    // all of them have something running: it would be no bound otherwise
    throw new AgentError('TooBusy', `${remembered} callers are at work: try again later`);
  };
  const begin = (client: Client, what: 'checks' | 'watches'): (() => void) => {
    client[what] += 1;
    let ended = false;
    return () => {
      if (!ended) client[what] -= 1;
      ended = true;
    };
  };

  return {
    size: () => clients.size,
    spend(id, requests) {
      if (rate === 0) return;
      const client = clientOf(id);
      const time = now();
      client.left = Math.min(full, client.left + ((time - client.at) / 1000) * rate);
      client.at = time;
      if (client.left < 1) {
        const retryAfterSeconds = Math.max(1, Math.ceil((1 - client.left) / rate));
        const detail = `expected at most ${rate} requests per second: try again in ${retryAfterSeconds} s`;
        throw new AgentError('TooBusy', detail, { retryAfterSeconds });
      }
      client.left -= requests;
    },
    begin(id) {
      const client = clientOf(id);
      if (checks > 0 && client.checks >= checks) {
        throw new AgentError(
          'TooBusy',
          `expected at most ${checks} checks at the same time: try again later`,
        );
      }
      return begin(client, 'checks');
    },
    watch(id) {
      const client = clientOf(id);
      if (client.watches >= watches) {
        const expected = `expected at most ${watches} watches of one caller`;
        throw new AgentError('TooManyWatchers', `${expected}: try again later`);
      }
      return begin(client, 'watches');
    },
  };
}
