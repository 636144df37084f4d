import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vocabulary } from '../facts.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { PolicyIssue } from '../policy/parse-node.ts';
import type { Policy } from '../policy/policy.ts';

export interface PolicyProblem extends PolicyIssue {
  readonly file: string;
}

export interface LoadedPolicies {
  readonly policies: readonly Policy[];
  /** Anything wrong stops the start. */
  readonly problems: readonly PolicyProblem[];
}

export const builtinFolder = new URL('../policy/builtin/', import.meta.url).pathname;
const maxBytes = 1024 * 1024;

/** Reads every policy of the folders; one of a later folder replaces one of the same name. */
export function loadPolicies(folders: readonly string[], vocabulary: Vocabulary): LoadedPolicies {
  const byName = new Map<string, Policy>();
  const problems: PolicyProblem[] = [];
  for (const file of folders.flatMap((folder) => policyFiles(folder, problems))) {
    const text = readPolicyFile(file, problems);
    if (text === undefined) continue;
    const { policy, issues } = parsePolicy(text, vocabulary);
    problems.push(...issues.map((issue) => ({ file, ...issue })));
    if (policy) byName.set(policy.name, policy);
  }
  return { policies: [...byName.values()], problems };
}

function policyFiles(folder: string, problems: PolicyProblem[]): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    problems.push({
      file: folder,
      line: 0,
      path: '',
      message: `expected a folder of policies: ${text(error)}`,
    });
    return [];
  }
}

function readPolicyFile(file: string, problems: PolicyProblem[]): string | undefined {
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= maxBytes) return bytes.toString('utf8');
    problems.push({
      file,
      line: 0,
      path: '',
      message: `expected at most ${maxBytes} bytes, got ${bytes.length}`,
    });
  } catch (error) {
    problems.push({ file, line: 0, path: '', message: `cannot be read: ${text(error)}` });
  }
  return undefined;
}

const text = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

export const problemLine = ({ file, line, path, message }: PolicyProblem): string =>
  `${file}${line > 0 ? `:${line}` : ''}: ${path === '' ? '' : `${path}: `}${message}`;
