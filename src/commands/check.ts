import { readConfig } from '../config.ts';
import type { Verdict } from '../policy/report.ts';
import { detectVersions } from '../server/detect.ts';
import { AgentError, errorTable } from '../server/errors.ts';
import { createLocalAssess, PolicyLoadError } from '../server/local.ts';
import { sweepAlone } from '../server/sweep/alone.ts';
import { reportText } from '../server/text.ts';
import { toWire } from '../server/wire.ts';
import { readCheckArguments } from './check-arguments.ts';

const EX_USAGE = 64;
const EX_CONFIG = 78;
const exitOf: Readonly<Record<Verdict, number>> = {
  ready: 0,
  'ready-with-options': 1,
  'not-ready': 1,
  unknown: 2,
};

/** `check TARGET`: judges once in this process and prints the report. */
export async function check(args: readonly string[]): Promise<number> {
  const parsed = readCheckArguments(args);
  if (typeof parsed === 'string') return complain(parsed, EX_USAGE);
  const { request, json, settings } = parsed;
  const { config, problems } = readConfig(settings, process.env);
  if (config === undefined) return complain(problems.join('\n'), EX_USAGE);
  try {
    const setup = {
      procRoot: config.procRoot,
      host: config.host,
      policyFolders: config.policyFolders,
      defaultPolicy: config.policy,
      detectedVersions: await detectVersions(),
    };
    const local = createLocalAssess(setup);
    const { type } = request.target;
    const report = type === 'node' ? await sweepAlone(request, setup, local) : local.assess(request);
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

function complain(message: string, status: number): number {
  process.stderr.write(`checkpointable check: ${message}\n`);
  return status;
}
