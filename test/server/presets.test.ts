import { describe, expect, it } from 'vitest';
import { findPreset, noPreset } from '../../src/server/presets.ts';
import { container, deps, id, runcState } from '../probe/runtime/fixture.ts';
import { builtin } from '../support/policy.ts';

const policy = builtin('criu');
const runtimes = deps(container(), { [`/run/runc/${id}/state.json`]: runcState() });
const ours = { id, runtime: 'unknown', role: 'container' } as const;
const asked = { wanted: undefined, policy, pid: 77, container: ours };

describe('whose options are given besides the caller’s', () => {
  it('those of the runtime that its state tells', () => {
    const { runtime } = findPreset(asked, runtimes);
    expect(runtime).toMatchObject({ name: 'runc', source: 'detected' });
    expect(runtime.options).toContain('root=/bundle/rootfs');
  });

  it('those of the runtime the caller names', () => {
    expect(findPreset({ ...asked, wanted: 'crun' }, runtimes).runtime).toMatchObject({
      name: 'crun',
      source: 'given',
    });
  });

  it.each([
    ['none, said so', { ...asked, wanted: 'none' }, { name: 'none', source: 'given', options: [] }],
    ['a process of no container', { ...asked, container: undefined }, noPreset.runtime],
    ['a policy of no engine', { ...asked, policy: builtin('cr-check-file') }, noPreset.runtime],
    ['a container nobody knows', { ...asked, container: { ...ours, id: 'other' } }, noPreset.runtime],
  ])('%s: nobody’s', (_, question, runtime) => {
    expect(findPreset(question, runtimes)).toEqual({ runtime, notes: [] });
  });

  it('what could not be told is said', () => {
    const { runtime, notes } = findPreset(
      { ...asked, wanted: 'podman', container: { ...ours, id: 'x/y' } },
      runtimes,
    );
    expect(runtime.options).toEqual([]);
    expect(notes).toEqual(['"x/y" is no id of a container']);
  });

  it.each([
    [
      { ...asked, wanted: 'rkt' },
      'runtime: expected one of runc, crun, podman, containerd, cri-o or none, got "rkt"',
    ],
    [{ ...asked, wanted: 'runc', container: undefined, pid: 78 }, 'runtime: process 78 is in no container'],
  ])('%#: a clear error', (question, message) => {
    expect(() => findPreset(question, runtimes)).toThrow(message);
  });
});
