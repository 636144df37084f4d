import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import type { Verdict } from '../policy/report.ts';
import type { CheckRequest } from '../server/check.ts';
import { detectVersions } from '../server/detect.ts';
import { AgentError, errorTable } from '../server/errors.ts';
import { createLocalAssess, PolicyLoadError } from '../server/local.ts';
import { reportText } from '../server/text.ts';
import { toWire } from '../server/wire.ts';

const EX_USAGE = 64;
const EX_CONFIG = 78;
const exitOf: Readonly<Record<Verdict, number>> = {
  ready: 0,
  'ready-with-options': 1,
  'not-ready': 1,
  unknown: 2,
};

const flags = {
  process: { type: 'boolean' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  policy: { type: 'string' },
  'engine-version': { type: 'string' },
  'policy-dir': { type: 'string' },
  'proc-root': { type: 'string' },
} as const;

/** `check PID`: judges once in this process and prints the report. */
export async function check(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args);
  if (typeof parsed === 'string') return complain(parsed, EX_USAGE);
  const { request, json, settings } = parsed;
  const { config, problems } = readConfig(settings, process.env);
  if (config === undefined) return complain(problems.join('\n'), EX_USAGE);
  try {
    const { assess } = createLocalAssess({
      procRoot: config.procRoot,
      policyFolders: config.policyFolders,
      defaultPolicy: config.policy,
      detectedVersions: await detectVersions(),
    });
    const report = assess(request);
    const color = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
    process.stdout.write(
      json ? `${JSON.stringify(toWire(report), null, 2)}\n` : reportText(report, { color }),
    );
    return exitOf[report.verdict];
  } catch (error) {
    if (error instanceof PolicyLoadError) return complain(error.message, EX_CONFIG);
    if (!(error instanceof AgentError)) throw error;
    const usage = error.code === 'InvalidArgument' || error.code === 'PolicyNotFound';
    return complain(`${errorTable[error.code].title}: ${error.message}`, usage ? EX_USAGE : 2);
  }
}

interface Arguments {
  readonly request: CheckRequest;
  readonly json: boolean;
  /** For `readConfig`. */
  readonly settings: readonly string[];
}

function readArguments(args: readonly string[]): Arguments | string {
  const split = args.indexOf('--');
  const own = split < 0 ? args : args.slice(0, split);
  const options = split < 0 ? [] : args.slice(split + 1);
  try {
    const { values, positionals } = parseArgs({ args: [...own], options: flags, allowPositionals: true });
    const [pid, ...more] = positionals;
    if (pid === undefined || more.length > 0 || !/^[1-9]\d{0,9}$/.test(pid)) {
      return `expected one pid, got "${positionals.join(' ')}"`;
    }
    const settings = (['policy-dir', 'proc-root', 'policy'] as const).flatMap((name) =>
      values[name] === undefined ? [] : [`--${name}`, values[name]],
    );
    const version = values['engine-version'];
    const request: CheckRequest = {
      target: { type: values.process ? 'process' : 'tree', pid: Number(pid) },
      options,
      show: values.all ? 'all' : 'blocking',
      ...(version === undefined ? {} : { engineVersion: version }),
    };
    return { request, json: values.json ?? false, settings };
  } catch (error) {
    return (error as Error).message;
  }
}

function complain(message: string, status: number): number {
  process.stderr.write(`checkpointable check: ${message}\n`);
  return status;
}
