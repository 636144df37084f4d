import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { realProc } from '../../src/probe/proc.ts';
import { detectRuntime, presetOf, realStateReader } from '../../src/probe/runtime/index.ts';
import { type Container, findRuntime, type Shape, startContainer } from './runtime-presets/container.ts';

const own = ['pid', 'network', 'ipc', 'uts'];
const masked = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/timer_list',
  '/proc/nowhere',
  '/sys/firmware',
];

const shapes: readonly Shape[] = [
  { name: 'plain', own },
  {
    name: 'mounts',
    own,
    cgroupMount: true,
    masked,
    binds: {
      '/etc/hosts': 'file',
      '/link/volume': 'folder',
      '/data/in/depth': 'folder',
      '/dev/shm/in': 'folder',
    },
  },
  {
    name: 'links',
    own,
    wholePath: true,
    masked,
    binds: {
      '/link/volume': 'folder',
      '/link/../etc/./hosts': 'file',
      '/data/in/depth/': 'folder',
      '/relative/one': 'folder',
      '/relative/../etc/name': 'file',
      '/relative/../link/three': 'folder',
    },
  },
  { name: 'links-unmasked', own, wholePath: true, crunUnsure: true, binds: { '/link/volume': 'folder' } },
  { name: 'terminal', own, terminal: true, masked, binds: { '/etc/hostname': 'file' } },
  { name: 'cgroup-namespace', own: [...own, 'cgroup'], cgroupMount: true, hooks: true },
  { name: 'host', own: ['ipc', 'uts'], binds: { '/etc/hosts': 'file' } },
  // as the containers of a pod are to its sandbox
  { name: 'pod', own: ['uts'], joined: ['network', 'ipc'], binds: { '/etc/hosts': 'file' } },
  { name: 'pod-shared-pid', own: ['uts'], joined: ['network', 'ipc', 'pid'] },
];

for (const name of ['runc', 'crun'] as const) {
  const runtime = findRuntime(name);
  it.skipIf(runtime === undefined)(`${name} gives CRIU what its preset says`, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'checkpointable-preset-'));
    const containers: Container[] = [];
    try {
      for (const shape of shapes) {
        const container = await startContainer(runtime ?? '', shape, dir, containers[0]);
        containers.push(container);
        const folders = [{ path: join(dir, 'state') }];
        const deps = { proc: realProc(), reader: realStateReader, folders };
        expect(
          detectRuntime({ id: container.id, runtime: 'unknown' }, folders, realStateReader),
        ).toMatchObject({
          name,
          from: 'state',
        });
        const preset = presetOf(name, container, deps);
        if ('problem' in preset) throw new Error(preset.problem);
        const { asked, ok, said } = await container.checkpoint();
        console.log(`${name} ${shape.name}: ${asked.length} options, ${ok ? 'dumped' : said.slice(-300)}`);
        for (const note of preset.notes) console.log(`  ${note}`);
        if (name === 'crun' && shape.crunUnsure) expect(preset.notes).not.toEqual([]);
        else expect([...preset.options].sort(), shape.name).toEqual([...new Set(asked)].sort());
      }
    } finally {
      for (const container of containers) await container.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });
}
