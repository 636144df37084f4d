import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Vocabulary } from '../facts.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { PolicyIssue } from '../policy/parse-node.ts';
import type { Policy } from '../policy/policy.ts';
import { readCompiled } from './compiled-policy.ts';

export interface PolicyProblem extends PolicyIssue {
  readonly file: string;
}

export interface LoadedPolicies {
  readonly policies: readonly Policy[];
  /** Anything wrong stops the start. */
  readonly problems: readonly PolicyProblem[];
}

/** A file as it was read: what is parsed here is parsed the same in a probing process. */
export interface PolicySource {
  readonly file: string;
  readonly text: string;
}

export interface PolicySources {
  readonly sources: readonly PolicySource[];
  readonly problems: readonly PolicyProblem[];
}

export const builtinFolder = new URL('../policy/builtin/', import.meta.url).pathname;
const maxBytes = 1024 * 1024;
const maxFiles = 64;

/** Reads every policy of the folders; one of a later folder replaces one of the same name. */
export function loadPolicies(folders: readonly string[], vocabulary: Vocabulary): LoadedPolicies {
  const { sources, problems } = readPolicies(folders);
  const loaded = parsePolicies(sources, vocabulary);
  return { policies: loaded.policies, problems: [...problems, ...loaded.problems] };
}

export function readPolicies(folders: readonly string[]): PolicySources {
  const problems: PolicyProblem[] = [];
  const sources = folders.flatMap((folder) =>
    policyFiles(folder, problems).flatMap((name) => readPolicyFile(folder, name, problems)),
  );
  return { sources, problems };
}

export function parsePolicies(sources: readonly PolicySource[], vocabulary: Vocabulary): LoadedPolicies {
  const byName = new Map<string, Policy>();
  const problems: PolicyProblem[] = [];
  for (const { file, text } of sources) {
    const compiled = file.startsWith(builtinFolder) ? readCompiled(file, text) : undefined;
    const { policy, issues } = compiled ? { policy: compiled, issues: [] } : parsePolicy(text, vocabulary);
    problems.push(...issues.map((issue) => ({ file, ...issue })));
    if (policy) byName.set(policy.name, policy);
  }
  return { policies: [...byName.values()], problems };
}

const problem = (file: string, message: string): PolicyProblem => ({ file, line: 0, path: '', message });

function policyFiles(folder: string, problems: PolicyProblem[]): readonly string[] {
  try {
    const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
    if (files.length <= maxFiles) return files.sort();
    problems.push(problem(folder, `expected at most ${maxFiles} policies, got ${files.length}`));
  } catch (error) {
    problems.push(problem(folder, `expected a folder of policies: ${text(error)}`));
  }
  return [];
}

/** A link within the folder is a file of a ConfigMap; one that leads out of it is whose it leads to. */
function readPolicyFile(folder: string, name: string, problems: PolicyProblem[]): readonly PolicySource[] {
  const file = join(folder, name);
  const wrong = (message: string) => {
    problems.push(problem(file, message));
    return [];
  };
  try {
    const real = realpathSync(file);
    if (!real.startsWith(`${realpathSync(folder)}/`))
      return wrong('expected a file of this folder, got a link out of it');
    // of a FIFO the reading would never end
    const fd = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return wrong('expected a file');
      if (stat.size > maxBytes) return wrong(`expected at most ${maxBytes} bytes, got ${stat.size}`);
      return [{ file, text: readFileSync(fd, 'utf8') }];
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return wrong(`cannot be read: ${text(error)}`);
  }
}

const text = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

export const problemLine = ({ file, line, path, message }: PolicyProblem): string =>
  `${file}${line > 0 ? `:${line}` : ''}: ${path === '' ? '' : `${path}: `}${message}`;
