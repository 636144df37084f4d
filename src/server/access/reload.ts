import type { Logger } from 'pino';
import type { ReadinessCheck } from '../readiness.ts';

/** Something that is read from files: checked whole before any of it is in force. */
export interface Reloadable {
  readonly name: string;
  /** What to call when all others are right too, or what is wrong. */
  readonly prepare: () => Prepared;
}

type Prepared = { readonly apply: () => void } | { readonly problems: readonly string[] };

export interface ReloadSetup {
  /** Read on SIGHUP. */
  readonly all: readonly Reloadable[];
  /** Read when its stamp changes, too. */
  readonly watched: Reloadable;
  readonly stamp: () => string;
  readonly log: Pick<Logger, 'info' | 'error'>;
  readonly metrics: { recordReload(ok: boolean, at: Date): void };
  readonly now: () => Date;
}

export interface Reloads {
  reload(): void;
  /** Looks at the stamp every second. */
  watch(): void;
  stop(): void;
  readonly check: () => ReadinessCheck;
}

const watchMs = 1000;

export function createReloads({ all, watched, stamp, log, metrics, now }: ReloadSetup): Reloads {
  let said = 'nothing has changed since the start';
  /** What is wrong with those that are not as their files are. */
  const failed = new Map<string, string>();
  let seen = stamp();
  let timer: NodeJS.Timeout | undefined;

  const run = (what: readonly Reloadable[], why: string) => {
    // before the files are read: what is written meanwhile is read again
    const stamped = stamp();
    const at = now();
    const parts = what.map((part) => ({ name: part.name, prepared: attempt(part) }));
    const wrong = parts.flatMap(({ name, prepared }) =>
      'problems' in prepared ? [{ name, ...prepared }] : [],
    );
    // what was right and not taken, since another was wrong, is seen to again
    if (wrong.length === 0 || wrong.some(({ name }) => name === watched.name)) seen = stamped;
    metrics.recordReload(wrong.length === 0, at);
    if (wrong.length > 0) {
      for (const { name, problems } of wrong) {
        failed.set(
          name,
          `failed at ${at.toISOString()}, what was loaded before is kept: ${problems.join('; ')}`,
        );
      }
      const problems = wrong.flatMap((part) => part.problems);
      log.error({ why, problems }, 'not reloaded: what was loaded before is kept');
      return;
    }
    for (const { name, prepared } of parts) {
      if ('apply' in prepared) prepared.apply();
      failed.delete(name);
    }
    said = `done at ${at.toISOString()}`;
    log.info({ why, what: what.map(({ name }) => name) }, 'reloaded');
  };

  return {
    reload: () => run(all, 'SIGHUP'),
    watch() {
      timer = setInterval(() => {
        if (stamp() !== seen) run([watched], 'a file changed');
      }, watchMs);
      timer.unref();
    },
    stop: () => clearInterval(timer),
    check: () => ({
      name: 'reload',
      ok: failed.size === 0,
      critical: false,
      message: failed.size === 0 ? said : [...failed].map(([name, how]) => `${name} ${how}`).join('; '),
    }),
  };
}

/** A fault while reading is a reason to keep what there is, as any other. */
function attempt({ prepare }: Reloadable): Prepared {
  try {
    return prepare();
  } catch (error) {
    return { problems: [(error as Error).message] };
  }
}
