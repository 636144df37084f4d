import type { Report } from '../policy/report.ts';
import type { CheckRequest } from './check.ts';
import { AgentError, type ErrorCode } from './errors.ts';
import type { HostSetup } from './host.ts';
import { createLocalAssess } from './local.ts';

/** What a probing process is started with. */
export interface EngineSetup {
  readonly procRoot: string;
  readonly policyFolders: readonly string[];
  readonly defaultPolicy: string;
  readonly detectedVersions: Readonly<Record<string, string>>;
  /** Absent: the node's own folders. */
  readonly host?: HostSetup;
}

export type EngineAnswer =
  | { readonly report: Report }
  | { readonly code: ErrorCode; readonly detail: string };

/** The body of a probing process: a request comes in, its answer goes out, one after the other. */
export function runEngineChild(setup: EngineSetup): void {
  const { assess } = createLocalAssess(setup);
  const answer = (request: CheckRequest): EngineAnswer => {
    try {
      return { report: assess(request) };
    } catch (error) {
      if (error instanceof AgentError) return { code: error.code, detail: error.message };
      const { stack = String(error) } = error as Error;
      return { code: 'Internal', detail: stack };
    }
  };
  process.on('message', (request) => process.send?.(answer(request as CheckRequest)));
  process.on('disconnect', () => process.exit(0));
  // the terminal's ^C reaches the whole group: the daemon decides when its children end
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
}

if (process.send && process.argv[2]) runEngineChild(JSON.parse(process.argv[2]) as EngineSetup);
