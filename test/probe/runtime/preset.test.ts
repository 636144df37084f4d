import { describe, expect, it } from 'vitest';
import { presetOf, type RuntimeName } from '../../../src/probe/runtime/index.ts';
import { errno } from '../../support/fake-proc.ts';
import { container, crunStatus, deps, id, mountinfo, runcState } from './fixture.ts';

const init = { id, pid: 77 };
const always = ['manage-cgroups=soft', 'orphan-pts-master'];
const runcFile = `/run/runc/${id}/state.json`;

function runc(config: object, proc = container(), name: RuntimeName = 'runc') {
  const preset = presetOf(name, init, deps(proc, { [runcFile]: runcState({ ...config }) }));
  if ('problem' in preset) throw new Error(preset.problem);
  return preset;
}

function crun(config: object, proc = container(), status: object = {}) {
  const files = {
    [`/run/crun/${id}/status`]: crunStatus(status),
    [`/run/crun/${id}/config.json`]: JSON.stringify(config),
  };
  const preset = presetOf('crun', init, deps(proc, files));
  if ('problem' in preset) throw new Error(preset.problem);
  return preset;
}

const externals = ({ options }: { options: readonly string[] }) =>
  options.filter((option) => option.startsWith('external='));
const bind = (...destinations: string[]) => ({
  mounts: destinations.map((destination) => ({ destination, device: 'bind' })),
});
const crunBind = (...destinations: string[]) => ({
  mounts: destinations.map((destination) => ({ destination, type: 'bind', options: ['rbind'] })),
});

describe('runc', () => {
  it('what every checkpoint is given', () => {
    const freezer = 'freeze-cgroup=/sys/fs/cgroup/freezer/x';
    expect(runc({})).toEqual({
      name: 'runc',
      options: [...always, 'empty-ns=net', 'root=/bundle/rootfs', freezer],
      notes: [],
    });
  });

  it('the folder of cgroup v2 is its freezer', () => {
    const text = runcState({}, { cgroup_paths: { '': '/sys/fs/cgroup/x' } });
    const preset = presetOf('runc', init, deps(container({ host: 'v2' }), { [runcFile]: text }));
    expect(preset).toMatchObject({ options: expect.arrayContaining(['freeze-cgroup=/sys/fs/cgroup/x']) });
  });

  it('binds, with the links of the rootfs followed', () => {
    const links = { '77/root/var/run': '/run', '77/root/up': 'usr/../etc', '77/root/out': '../../../etc' };
    const config = bind('/etc/hosts', '/var/run/secrets/x', '/up/a', '/out/b', '/c/../d/./e/', 'f');
    expect(externals(runc(config, container({ links })))).toEqual([
      'external=mnt[/etc/hosts]:/etc/hosts',
      'external=mnt[/run/secrets/x]:/run/secrets/x',
      'external=mnt[/etc/a]:/etc/a',
      'external=mnt[/etc/b]:/etc/b',
      'external=mnt[/d/e]:/d/e',
      'external=mnt[/f]:/f',
    ]);
  });

  it('a link that lies on another mount is not what the runtime sees', () => {
    const proc = container({
      mounts: mountinfo(['/', '/data', 'tmpfs']),
      links: { '77/root/data/link': '/etc' },
    });
    expect(externals(runc(bind('/data/link/x'), proc))).toEqual(['external=mnt[/data/link/x]:/data/link/x']);
    expect(proc.calls.some((call) => call.includes('root/data/link'))).toBe(false);
  });

  it('a name is the same in UTF-8, whatever procfs gives', () => {
    const links = { '77/root/d\xc3\xa9': '/\xc3\xa8' };
    expect(externals(runc(bind('/dé/x'), container({ links })))).toEqual(['external=mnt[/è/x]:/è/x']);
  });

  it.each([
    ['links in a circle', container({ links: { '77/root/a': 'b', '77/root/b': 'a' } })],
    ['a rootfs that cannot be read', container({ links: { '77/root/a': errno('EACCES') } })],
    [
      'a rootfs on FUSE, which may hang',
      container({ mounts: '11 10 0:5 / / rw - fuse.fuse-overlayfs fuse rw\n' }),
    ],
  ])('%s: the mount is left out', (_, proc) => {
    const preset = runc(bind('/a/x'), proc);
    expect(externals(preset)).toEqual([]);
    expect(preset.notes).toEqual(['where the mount /a/x leads could not be read']);
  });

  it.each(['/a,mnt[]:m', '/a]:b'])('a mount %s cannot be written as an option', (path) => {
    const preset = runc(bind(path));
    expect(externals(preset)).toEqual([]);
    expect(preset.notes).toEqual([`the mount ${path} is left out: its name cannot be written as an option`]);
  });

  it('namespaces joined by path are external', () => {
    const namespaces = ['NEWNET', 'NEWPID', 'NEWIPC', 'NEWUTS'].map((type) => ({
      type,
      path: '/proc/5/ns/x',
    }));
    expect(externals(runc({ namespaces }))).toEqual([
      'external=net[4026531999]:extRootNetNS',
      'external=pid[4026531888]:extRootPidNS',
    ]);
    expect(externals(runc({ namespaces: [{ type: 'NEWNET', path: '' }] }))).toEqual([]);
  });

  it('a namespace that cannot be read counts as its own', () => {
    const proc = container({ links: { '77/ns/net': errno('EACCES') } });
    const preset = runc({ namespaces: [{ type: 'NEWNET', path: '/x' }] }, proc);
    expect(externals(preset)).toEqual([]);
    expect(preset.notes).toHaveLength(1);
  });

  it('masked files are mounts from outside; masked folders are not', () => {
    const mounts = mountinfo(
      ['/null', '/proc/kcore', 'tmpfs'],
      ['/', '/proc/acpi', 'tmpfs'],
      ['/folder', '/proc/scsi', 'ext4'],
    );
    const config = { mask_paths: ['/proc/kcore', '/proc/acpi', '/proc/scsi', '/proc/nowhere'] };
    expect(externals(runc(config, container({ mounts })))).toEqual(['external=mnt[/proc/kcore]:/dev/null']);
  });

  describe('a cgroup mount', () => {
    const config = { mounts: [{ destination: '/sys/fs/cgroup', device: 'cgroup' }] };
    const mounts = mountinfo(
      ['/', '/sys/fs/cgroup', 'tmpfs'],
      ['/x', '/sys/fs/cgroup/cpu', 'cgroup'],
      ['/x', '/sys/fs/cgroup/cpu/deep', 'cgroup'],
      ['/x', '/elsewhere', 'cgroup'],
    );
    it('of v1 is a bind for each hierarchy', () => {
      expect(externals(runc(config, container({ mounts })))).toEqual([
        'external=mnt[/sys/fs/cgroup/cpu]:/sys/fs/cgroup/cpu',
      ]);
    });
    it('in a cgroup namespace, or of v2, is a real one', () => {
      const namespaces = [{ type: 'NEWCGROUP', path: '' }];
      expect(externals(runc({ ...config, namespaces }, container({ mounts })))).toEqual([]);
      expect(externals(runc(config, container({ mounts, host: 'v2' })))).toEqual([]);
    });
  });
});

describe('crun', () => {
  const masks = ['/bundle/.empty-directory', '/proc/acpi', 'tmpfs'] as const;
  const masked = { linux: { maskedPaths: ['/proc/acpi'] } };
  const ofMask = [
    'external=mnt[/run/crun/.empty-directory]:/run/crun/.empty-directory',
    'external=mnt[/proc/acpi]:/run/crun/.empty-directory',
  ];

  it('what every checkpoint is given: no empty network', () => {
    const root = 'root=/bundle/bundle/rootfs'; // crun puts the two together, whatever the second is
    const freezer = 'freeze-cgroup=/sys/fs/cgroup/freezer/x';
    expect(crun({})).toEqual({ name: 'crun', options: [...always, root, freezer], notes: [] });
    expect(crun({}, container({ host: 'v2' })).options).toContain('freeze-cgroup=/sys/fs/cgroup/x');
  });

  it('without cgroups it has no freezer', () => {
    const preset = crun({}, container(), { 'cgroup-path': '' });
    expect(preset.options.some((option) => option.startsWith('freeze-cgroup'))).toBe(false);
    expect(preset.notes).toHaveLength(1);
  });

  it('a newer one, known by its masked folders, follows relative links', () => {
    const proc = container({ mounts: mountinfo(masks), links: { '77/root/link': 'real' } });
    const preset = crun({ ...crunBind('/link/a', '/b/'), ...masked }, proc);
    expect(externals(preset)).toEqual(['external=mnt[/real/a]:/real/a', 'external=mnt[/b]:/b', ...ofMask]);
    expect(preset.notes).toEqual([]);
  });

  it('an absolute link makes it name a mount that is not there', () => {
    const proc = container({ mounts: mountinfo(masks), links: { '77/root/var/run': '/run' } });
    const preset = crun({ ...crunBind('/var/run/x'), ...masked }, proc);
    expect(externals(preset)).toEqual(['external=mnt[//run/x]://run/x', ...ofMask]);
    expect(preset.notes).toHaveLength(1);
  });

  it.each([
    ['where its version is not known', container({ links: { '77/root/link': 'real' } }), {}],
    [
      'where the rootfs is a relative path',
      container({ mounts: mountinfo(masks), links: { '77/root/link': 'real' } }),
      { rootfs: 'rootfs' },
    ],
  ])('a mount is named as written %s', (_, proc, status) => {
    const preset = crun({ ...crunBind('/link/a', '/b'), ...masked }, proc, status);
    expect(externals(preset).slice(0, 2)).toEqual(['external=mnt[/link/a]:/link/a', 'external=mnt[/b]:/b']);
    expect(preset.notes).toEqual([
      'a link is on the way to the mount /link/a: crun does not declare it, or not for sure',
    ]);
  });

  it('masked files, as far as the host has them too', () => {
    const mounts = mountinfo(['/null', '/proc/kcore', 'devtmpfs'], ['/null', '/etc/secret', 'devtmpfs']);
    const preset = crun({ linux: { maskedPaths: ['/proc/kcore', '/etc/secret'] } }, container({ mounts }));
    expect(externals(preset)).toEqual(['external=mnt[/proc/kcore]:/proc/kcore']);
    expect(preset.notes).toHaveLength(1);
  });

  it('with a cgroup mount of v1, one for each hierarchy at its usual place', () => {
    const config = { mounts: [{ destination: '/sys/fs/cgroup', type: 'cgroup' }] };
    expect(externals(crun(config))).toEqual(
      ['cpu,cpuacct', 'freezer', 'systemd'].map(
        (name) => `external=mnt[/sys/fs/cgroup/${name}]:/sys/fs/cgroup/${name}`,
      ),
    );
    expect(externals(crun(config, container({ host: 'v2' })))).toEqual([]);
  });
});

describe('those that run runc or crun', () => {
  it('CRI-O always takes file locks', () => {
    expect(runc({}, container(), 'cri-o').options).toContain('file-locks');
    for (const name of ['podman', 'containerd'] as const) {
      expect(runc({}, container(), name).options).toEqual(runc({}).options);
    }
  });

  it.each(['podman', 'containerd', 'cri-o', 'crun'] as const)(
    '%s without state: only what is certain',
    (name) => {
      const preset = presetOf(name, init, deps(container(), {}));
      expect(preset).toEqual({
        name,
        options: name === 'cri-o' ? [...always, 'file-locks'] : always,
        notes: [`no state of ${name} was found for this container: the mounts it declares are not known`],
      });
    },
  );

  it('state of the other runtime is none', () => {
    const preset = presetOf('crun', init, deps(container(), { [runcFile]: runcState(bind('/x')) }));
    expect(preset).toMatchObject({ options: always });
  });

  it('of two containers of one id the one with this init is meant', () => {
    const files = {
      [`/run/containerd/runc/a/${id}/state.json`]: runcState(bind('/a'), { init_process_pid: 78 }),
      [`/run/containerd/runc/b/${id}/state.json`]: runcState(bind('/b')),
    };
    const preset = presetOf('containerd', init, deps(container(), files));
    if ('problem' in preset) throw new Error(preset.problem);
    expect(externals(preset)).toEqual(['external=mnt[/b]:/b']);
  });

  it.each([
    ['pid', { init_process_pid: 78 }],
    ['start', { init_process_start: 1235 }],
  ])('state of another %s says nothing of this process', (_, more) => {
    const preset = presetOf('runc', init, deps(container(), { [runcFile]: runcState(bind('/x'), more) }));
    expect(preset).toMatchObject({
      options: [...always, 'empty-ns=net'],
      notes: [expect.stringContaining('init')],
    });
  });

  it('a bad id and a process that is gone are problems', () => {
    expect(presetOf('runc', { id: '../x', pid: 77 }, deps(container(), {}))).toHaveProperty('problem');
    expect(presetOf('runc', { id, pid: 78 }, deps(container(), {}))).toHaveProperty('problem');
  });
});

describe("CRIU's own file", () => {
  const conf = '/etc/criu/runc.conf';
  const with_ = (text: string, labels: string[] = [], etc: string | undefined = '/etc') => {
    const files = { [runcFile]: runcState({ labels }), [conf]: text, '/mine': 'shell-job' };
    const all = deps(container(), files, etc);
    const preset = presetOf('runc', init, all);
    if ('problem' in preset) throw new Error(preset.problem);
    return { ...preset, asked: all.reader.asked };
  };

  it('adds options, and takes some away', () => {
    const text =
      '# ours\n tcp-established\nghost-limit 10M # large\nno-orphan-pts-master\n\n--bad\nskip-mnt "/a b"\n';
    const { options, notes } = with_(text);
    expect(options).toEqual(expect.arrayContaining(['tcp-established', 'ghost-limit=10M', 'skip-mnt=/a b']));
    expect(options).not.toContain('orphan-pts-master');
    expect(notes).toEqual([`from ${conf}: tcp-established ghost-limit=10M skip-mnt=/a b`]);
  });

  it('one that an annotation names is not opened, and takes the place of the other', () => {
    const { options, notes, asked } = with_('tcp-established', ['org.criu.config=/mine']);
    expect(options).not.toContain('tcp-established');
    expect(options).not.toContain('shell-job');
    expect(notes).toEqual(['what the file says that org.criu.config names is not known: /mine']);
    expect(asked).not.toContain('/mine');
  });

  it('an empty annotation means none', () => {
    expect(with_('tcp-established', ['org.criu.config=']).options).not.toContain('tcp-established');
  });

  it('it is looked at where it is said to be', () => {
    const files = { [runcFile]: runcState(), '/host/etc/criu/runc.conf': 'link-remap', [conf]: 'shell-job' };
    const preset = presetOf('runc', init, deps(container(), files, '/host/etc'));
    expect(preset).toMatchObject({ options: expect.arrayContaining(['link-remap']) });
    const bare = presetOf('runc', init, deps(container(), files));
    expect(bare).toMatchObject({ options: expect.not.arrayContaining(['link-remap', 'shell-job']) });
  });

  it('what cannot be read is told', () => {
    const files = { [runcFile]: runcState(), [conf]: errno('EACCES') };
    expect(presetOf('runc', init, deps(container(), files, '/etc'))).toMatchObject({
      notes: [`${conf} could not be read: EACCES`],
    });
  });
});
