import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCrunState, parseRuncState } from '../../../src/probe/runtime/state.ts';
import { crunStatus, runcState } from './fixture.ts';

describe('state.json of runc', () => {
  it('what decides on the options', () => {
    const text = runcState({
      mounts: [
        { destination: '/proc', device: 'proc', source: 'proc' },
        { destination: '/etc/hosts', device: 'bind', source: '/host' },
      ],
      namespaces: [
        { type: 'NEWNET', path: '/proc/5/ns/net' },
        { type: 'NEWPID', path: '' },
        { type: 'NEWCGROUP', path: '' },
      ],
      mask_paths: ['/proc/kcore'],
      devices: [{ path: '/dev/null', type: 99 }],
      labels: ['bundle=/bundle', 'org.criu.config=', 'a=b=c'],
    });
    expect(parseRuncState(text)).toEqual({
      runtime: 'runc',
      pid: 77,
      startTimeTicks: '1234',
      rootfs: '/bundle/rootfs',
      bundle: '',
      mounts: [
        { destination: '/proc', type: 'proc', noFollow: false },
        { destination: '/etc/hosts', type: 'bind', noFollow: false },
      ],
      namespaces: new Map([
        ['net', true],
        ['pid', false],
        ['cgroup', false],
      ]),
      maskedPaths: ['/proc/kcore'],
      devices: ['/dev/null'],
      cgroups: new Map([
        ['freezer', '/sys/fs/cgroup/freezer/x'],
        ['cpu', '/sys/fs/cgroup/cpu/x'],
      ]),
      annotations: new Map([
        ['bundle', '/bundle'],
        ['org.criu.config', ''],
        ['a', 'b=c'],
      ]),
    });
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['no object', '[1]'],
    ['null', 'null'],
    ['a pid that is none', runcState({}, { init_process_pid: '77' })],
    ['a pid too large to hold', runcState({}, { init_process_pid: 2 ** 60 })],
    ['no start', runcState({}, { init_process_start: null })],
    ['no configuration', runcState({}, { config: [] })],
    ['a rootfs that is none', runcState({ rootfs: 5 })],
  ])('%s is none', (_, text) => {
    expect(parseRuncState(text)).toBeUndefined();
  });

  it('what is of another type is left out, and the rest stays', () => {
    const state = parseRuncState(
      runcState(
        {
          mounts: [null, 5, { destination: 7 }, { destination: '/a', device: {} }, 'x'],
          namespaces: { type: 'NEWNET', path: '/x' },
          mask_paths: [1, '/proc/kcore', null],
          devices: 'all',
          labels: [['x=y'], 'z'],
        },
        { cgroup_paths: { freezer: 3 } },
      ),
    );
    expect(state).toMatchObject({
      mounts: [{ destination: '/a', type: '' }],
      namespaces: new Map(),
      maskedPaths: ['/proc/kcore'],
      devices: [],
      annotations: new Map([['z', '']]),
      cgroups: new Map([['freezer', '']]),
    });
  });

  it('__proto__ is a name like any other', () => {
    expect(parseRuncState('{"__proto__":{"init_process_pid":77},"config":{"rootfs":"/"}}')).toBeUndefined();
  });

  it('nothing throws', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        parseRuncState(text);
        parseCrunState(text, text);
      }),
    );
    fc.assert(
      fc.property(
        fc.string(),
        fc.dictionary(fc.constantFrom('mounts', 'labels', 'devices'), fc.jsonValue()),
        (a, b) => {
          parseRuncState(a);
          parseRuncState(runcState(b));
          parseCrunState(crunStatus(), JSON.stringify(b));
        },
      ),
    );
  });
});

describe('status and config.json of crun', () => {
  it('what decides on the options', () => {
    const config = {
      mounts: [
        { destination: '/a', type: 'bind', options: ['rbind', 'ro'] },
        { destination: '/b', type: 'bind', options: ['ro'] },
        { destination: '/c', options: ['bind', 'src-nofollow'] },
      ],
      linux: {
        namespaces: [{ type: 'network', path: '/run/netns/x' }, { type: 'pid' }, { type: 'mount' }],
        maskedPaths: ['/proc/acpi'],
      },
      annotations: { 'org.criu.config': '/x' },
    };
    expect(parseCrunState(crunStatus(), JSON.stringify(config))).toMatchObject({
      runtime: 'crun',
      pid: 77,
      mounts: [
        { destination: '/a', type: 'bind', noFollow: false },
        { destination: '/b', type: 'bind', noFollow: false },
        { destination: '/c', type: 'bind', noFollow: true },
      ],
      namespaces: new Map([
        ['net', true],
        ['pid', false],
        ['mnt', false],
      ]),
      maskedPaths: ['/proc/acpi'],
      cgroups: new Map([['', '/x']]),
      annotations: new Map([['org.criu.config', '/x']]),
    });
  });

  it('without both there is no state', () => {
    expect(parseCrunState(crunStatus(), 'null')).toBeUndefined();
    expect(parseCrunState('{}', '{}')).toBeUndefined();
  });
});
