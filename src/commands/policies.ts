import { readConfig } from '../config.ts';
import { vocabulary } from '../probe/kinds/index.ts';
import { AgentError } from '../server/errors.ts';
import { builtinFolder, loadPolicies, problemLine } from '../server/policies.ts';
import { policiesText, policyText } from '../server/text-policy.ts';
import { describePolicy, listPolicies } from '../server/wire-policy.ts';

/** `policies [NAME]`: lists them, or shows one; 78 (sysexits(3): configuration) with every problem where one is wrong. */
export async function policies(args: readonly string[]): Promise<number> {
  const [first = ''] = args;
  const name = first.startsWith('-') ? '' : first;
  const { config, problems } = readConfig(name === '' ? args : args.slice(1), process.env);
  if (config === undefined) return complain(problems, 64);
  const loaded = loadPolicies([builtinFolder, ...config.policyFolders], vocabulary);
  if (loaded.problems.length > 0) return complain(loaded.problems.map(problemLine), 78);
  const all = { default: config.policy, list: () => loaded.policies };
  try {
    process.stdout.write(
      name === '' ? policiesText(listPolicies(all)) : policyText(describePolicy(all, name)),
    );
    return 0;
  } catch (error) {
    if (error instanceof AgentError) return complain([error.message], 64);
    throw error;
  }
}

function complain(lines: readonly string[], status: number): number {
  process.stderr.write(`${lines.map((line) => `checkpointable policies: ${line}`).join('\n')}\n`);
  return status;
}
