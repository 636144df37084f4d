import { randomInt } from 'node:crypto';
import type { Policy } from '../policy/policy.ts';
import { type Avoiding, avoiding } from '../probe/avoid.ts';
import { kinds, vocabulary } from '../probe/kinds/index.ts';
import { startAhead } from '../probe/native/ahead-thread.ts';
import { loadNative } from '../probe/native/koffi.ts';
import { forPidsOf } from '../probe/native/own-pids.ts';
import { realProc } from '../probe/proc.ts';
import { createTracer } from '../probe/trace/tracer.ts';
import { type Assess, createAssess } from './assess.ts';
import type { EngineSetup } from './engine-child.ts';
import { defaultHost, hostDeps } from './host.ts';
import { judgedBefore } from './judged-before.ts';
import {
  builtinFolder,
  type PolicyProblem,
  type PolicySource,
  parsePolicies,
  problemLine,
  readPolicies,
} from './policies.ts';

/** The policies could not be loaded: each problem with file and line. */
export class PolicyLoadError extends Error {
  readonly problems: readonly PolicyProblem[];
  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map(problemLine).join('\n'));
    this.name = 'PolicyLoadError';
    this.problems = problems;
  }
}

export interface Local extends Avoiding {
  readonly assess: Assess;
  readonly policies: readonly Policy[];
  readonly policySources: readonly PolicySource[];
  readonly kinds: readonly string[];
  /** Why the native calls are missing; undefined where they are there. */
  readonly nativeMissing: string | undefined;
  /** Why open files are read one by one; '' where the kernel's iterator tells of them. */
  readonly fileIterator: () => string;
  /** From now on it does, where it can; takes some 100 ms. */
  readonly iterateFiles: () => void;
}

export interface PolicySet {
  readonly policies: readonly Policy[];
  readonly sources: readonly PolicySource[];
}

/** The built-in ones and those of the folders. Throws PolicyLoadError. */
export function loadPolicySet(folders: readonly string[]): PolicySet {
  const { sources, problems } = readPolicies([builtinFolder, ...folders]);
  return parsePolicySet(sources, problems);
}

/** Sources that were read before. Throws PolicyLoadError. */
export function parsePolicySet(
  sources: readonly PolicySource[],
  found: readonly PolicyProblem[] = [],
): PolicySet {
  const { policies, problems } = parsePolicies(sources, vocabulary);
  const all = [...found, ...problems];
  if (all.length > 0) throw new PolicyLoadError(all);
  return { policies, sources };
}

/** See `Digester`. */
export const seeds = 2 ** 32;
/** 8 MB: a hundred targets of a thousand files. */
const knownWords = 2 * 2 ** 20;

/** Puts both halves together in this process: for a probing child, and for the command line without a daemon. */
export function createLocalAssess(setup: EngineSetup): Local {
  const { policies, sources } =
    setup.policySources === undefined
      ? loadPolicySet(setup.policyFolders)
      : parsePolicySet(setup.policySources);
  const { native: loaded, missing } = loadNative();
  const real = realProc(setup.procRoot);
  const fast = loaded?.proc(real, setup.readAhead ? startAhead(setup.procRoot) : undefined) ?? real;
  const ours = loaded && forPidsOf(fast, loaded, process.pid);
  const guard = avoiding(fast, ours);
  let fileIterator = setup.fileIterator === true ? 'not asked for yet' : 'switched off';
  const { proc, native } = guard;
  const { defaultPolicy, detectedVersions } = setup;
  const assess = createAssess({
    judge: judgedBefore({
      tracer: createTracer(proc, native, randomInt(seeds)),
      recurs: false,
      most: knownWords,
      avoids: guard.avoids,
    }),
    policies,
    defaultPolicy,
    detectedVersions,
    ...hostDeps(setup.host ?? defaultHost, proc),
  });
  return {
    ...guard,
    assess,
    policies,
    policySources: sources,
    kinds: [...kinds.map((kind) => kind.name), 'process'],
    nativeMissing: missing,
    fileIterator: () => fileIterator,
    iterateFiles: () => {
      if (setup.fileIterator === true)
        fileIterator = ours?.iterateFiles(real) ?? (ours ? '' : 'no native calls');
    },
  };
}
