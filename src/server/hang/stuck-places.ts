import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Stuck } from '../../probe/avoid.ts';
import type { Blocked } from './blocked.ts';
import { keyOf } from './place.ts';

interface Entry {
  readonly key: string;
  readonly stuck: Stuck;
  /** What hung: it is tried again, since another file there may answer from memory. */
  readonly blocked: Blocked;
  readonly since: number;
  /** Tries that hung. */
  tries: number;
  /** Undefined while it is stuck. */
  answeredAt?: number;
  triesAgainAt: number;
  timer?: NodeJS.Timeout;
  trying?: ChildProcess;
}

export interface StuckState {
  readonly stuck: Stuck;
  readonly sinceMs: number;
  /** 0: it is being tried. */
  readonly triesAgainInMs: number;
}

export interface StuckTimes {
  /** How long a try may take. */
  readonly tryMs: number;
  /** Before the second try; doubled after each, up to `longestMs`. The first is made at once. */
  readonly backOffMs: number;
  readonly longestMs: number;
  /** What answers again, and hangs again within this, is not tried at once. */
  readonly rememberedMs: number;
}

const usualTimes: StuckTimes = { tryMs: 2000, backOffMs: 1000, longestMs: 60_000, rememberedMs: 600_000 };
/** More that hang on one node at once are not told apart from a node that hangs. */
const most = 64;
const script = fileURLToPath(new URL('./try-again.js', import.meta.url));

/**
 * What hung a probing process, until it answers again. Each is tried by one process at a time, with longer and longer
 * rests, and never by one more while the one before cannot be ended.
 */
export class StuckPlaces {
  readonly #times: StuckTimes;
  readonly #entries = new Map<string, Entry>();
  #stopped = false;

  readonly #located: (path: string, mntId: number) => Stuck;

  /** `located`: the mount of that number, of something that hung. */
  constructor(located: (path: string, mntId: number) => Stuck, times: Partial<StuckTimes> = {}) {
    this.#located = located;
    this.#times = { ...usualTimes, ...times };
  }

  /** A probing process missed its deadline there. */
  add(stuck: Stuck, blocked: Blocked): void {
    const key = keyOf(stuck);
    const known = this.#entries.get(key);
    if (this.#stopped || (known !== undefined && known.answeredAt === undefined)) return;
    const now = performance.now();
    const again = known?.answeredAt !== undefined && now - known.answeredAt < this.#times.rememberedMs;
    this.#entries.delete(key);
    const tries = again ? known.tries + 1 : 0;
    const entry: Entry = { key, stuck, blocked, since: now, tries, triesAgainAt: now };
    this.#entries.set(key, entry);
    const [oldest] = this.#entries.values();
    if (this.#entries.size > most && oldest !== undefined) this.#forget(oldest);
    this.#schedule(entry);
  }

  /** What is not to be asked now. */
  list(): readonly Stuck[] {
    return this.#stuck().map(({ stuck }) => stuck);
  }

  states(): readonly StuckState[] {
    const now = performance.now();
    return this.#stuck().map(({ stuck, since, triesAgainAt }) => ({
      stuck,
      sinceMs: now - since,
      triesAgainInMs: Math.max(0, triesAgainAt - now),
    }));
  }

  stop(): void {
    this.#stopped = true;
    for (const entry of [...this.#entries.values()]) this.#forget(entry);
  }

  #stuck(): readonly Entry[] {
    return [...this.#entries.values()].filter(({ answeredAt }) => answeredAt === undefined);
  }

  #forget(entry: Entry): void {
    clearTimeout(entry.timer);
    entry.trying?.kill('SIGKILL');
    this.#entries.delete(entry.key);
  }

  #schedule(entry: Entry): void {
    const { backOffMs, longestMs } = this.#times;
    const rest = entry.tries === 0 ? 0 : Math.min(backOffMs * 2 ** (entry.tries - 1), longestMs);
    entry.triesAgainAt = performance.now() + rest;
    entry.timer = setTimeout(() => this.#try(entry), rest).unref();
  }

  #try(entry: Entry): void {
    const { path, call } = entry.blocked;
    const argument = Buffer.from(path, 'latin1').toString('hex');
    // without a descriptor left it has no streams, and `error` follows
    const child: ChildProcess = spawn(process.execPath, [script, call, argument], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const late = setTimeout(() => child.kill('SIGKILL'), this.#times.tryMs).unref();
    child.unref();
    entry.trying = child;
    let mntId = '';
    child.stdout?.on('data', (text: Buffer) => {
      mntId += String(text);
    });
    const ended = (answered: boolean) => {
      clearTimeout(late);
      delete entry.trying;
      if (this.#stopped || this.#entries.get(entry.key) !== entry) return;
      if (answered) entry.answeredAt = performance.now();
      else {
        entry.tries += 1;
        // other files there need not hang first
        if (entry.stuck.what === 'file' && mntId !== '')
          this.add(this.#located(path, Number(mntId)), entry.blocked);
        this.#schedule(entry);
      }
    };
    child.on('error', () => ended(false));
    // as long as it cannot be ended nothing else is tried
    child.on('exit', (code) => ended(code === 0));
  }
}
