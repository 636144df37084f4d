import { compilePolicy } from '../dist/policy/evaluate.js';
import { readOptions } from '../dist/policy/options.js';
import { loadNative } from '../dist/probe/native/koffi.js';
import { createProbe } from '../dist/probe/probe.js';
import { realProc } from '../dist/probe/proc.js';
import { loadPolicySet } from '../dist/server/local.js';

const rounds = 500;

/** Microseconds a built-in policy takes for a file of a process, whose facts are there. */
export function evaluationUs(pid) {
  const { native } = loadNative();
  const real = realProc();
  const probe = createProbe(native?.proc(real) ?? real, native);
  return loadPolicySet([]).policies.map((policy) => {
    const evaluate = compilePolicy(policy, readOptions([], policy.options), policy.engineVersion);
    const asks = new Set([...policy.asks].filter((fact) => fact !== 'epollWatched'));
    const subjects = probe({ pid, type: 'process', asks }).processes[0].files.map(({ kind, facts }) => ({
      kind,
      facts,
      names: () => ({}),
    }));
    const run = () => {
      for (let i = 0; i < rounds; i++) for (const subject of subjects) evaluate(subject);
    };
    run();
    const begun = performance.now();
    run();
    return [policy.name, ((performance.now() - begun) * 1000) / rounds / subjects.length];
  });
}
