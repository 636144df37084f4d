import type { ContainerIdentity } from '../facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { RuntimeReport } from '../policy/report.ts';
import { parseCgroup } from '../probe/parse/cgroup.ts';
import { failed } from '../probe/proc.ts';
import {
  detectRuntime,
  presetOf,
  type RuntimeDeps,
  type RuntimeName,
  runtimeNames,
} from '../probe/runtime/index.ts';
import { parseCgroupPath } from '../probe/targets/cgroup-path.ts';
import { AgentError } from './errors.ts';

export interface Preset {
  readonly runtime: RuntimeReport;
  readonly notes: readonly string[];
}

export const noPreset: Preset = { runtime: { name: 'none', source: 'none', options: [] }, notes: [] };

interface Asked {
  /** As the caller says; absent: detected where it is a container. */
  readonly wanted: string | undefined;
  readonly policy: Policy;
  readonly pid: number;
  readonly container: ContainerIdentity | undefined;
}

/** The options that a container's runtime gives on its own account. Only what an engine takes is asked for. */
export function findPreset({ wanted, policy, pid, container }: Asked, deps: RuntimeDeps): Preset {
  if (policy.runtimes.length === 0) return noPreset;
  if (wanted === 'none') return { ...noPreset, runtime: { ...noPreset.runtime, source: 'given' } };
  if (wanted !== undefined) {
    const id = container?.id ?? containerIdOf(pid, deps);
    if (id === undefined) {
      throw new AgentError(
        'InvalidArgument',
        `runtime: process ${pid} is in no container, so no runtime checkpoints it`,
      );
    }
    return preset(nameOf(wanted), 'given', { id, pid }, deps);
  }
  const detected = container && detectRuntime(container, deps.folders, deps.reader);
  if (container === undefined || detected === undefined) return noPreset;
  return preset(detected.name, 'detected', { id: container.id, pid }, deps);
}

function preset(
  name: RuntimeName,
  source: 'given' | 'detected',
  container: { readonly id: string; readonly pid: number },
  deps: RuntimeDeps,
): Preset {
  const found = presetOf(name, container, deps);
  if ('problem' in found) return { runtime: { name, source, options: [] }, notes: [found.problem] };
  return { runtime: { name, source, options: found.options }, notes: found.notes };
}

function nameOf(wanted: string): RuntimeName {
  const name = runtimeNames.find((one) => one === wanted);
  if (name !== undefined) return name;
  throw new AgentError(
    'InvalidArgument',
    `runtime: expected one of ${runtimeNames.join(', ')} or none, got "${wanted}"`,
  );
}

function containerIdOf(pid: number, { proc }: RuntimeDeps): string | undefined {
  const text = proc.readPiece(`${pid}/cgroup`);
  if (failed(text)) return undefined;
  const found = parseCgroup(text).rows.map(({ path }) => parseCgroupPath(path));
  // plain runc and crun have a group of their own, called as the container is
  return (
    found.find((one) => one?.containerId !== undefined)?.containerId ??
    found.find((one) => one?.type === 'group')?.name
  );
}
