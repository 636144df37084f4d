import { describe, expect, it } from 'vitest';
import { readSecurityLabel, securityModules } from '../../src/probe/security-label.ts';
import { errno, fakeProc } from '../support/fake-proc.ts';
import { baseTree, fdinfoHead, probeTree } from '../support/fake-process.ts';

type Text = string | { readonly errno: string };
/** attr/current, and one file a module where the kernel has them (proc(5)). */
const label = (current: Text, modules: Readonly<Record<string, Text>> = {}) => {
  const own = Object.entries(modules).map(([name, text]) => [`7/attr/${name}/current`, text] as const);
  return readSecurityLabel(fakeProc({ texts: { '7/attr/current': current, ...Object.fromEntries(own) } }), 7);
};
const none = errno('EINVAL');

describe('security label', () => {
  it.each<[name: string, found: unknown, expected: string | null | undefined]>([
    ['no module', label(none), undefined],
    ['no attr folder at all', readSecurityLabel(fakeProc({}), 7), undefined],
    ['AppArmor, unconfined', label('unconfined\n'), undefined],
    ['AppArmor, confined', label('docker-default (enforce)\n'), 'docker-default (enforce)'],
    ['AppArmor, complaining', label('/usr/bin/x (complain)\n'), '/usr/bin/x (complain)'],
    ['AppArmor, stacked on unconfined', label('lxc-1_<x>//&unconfined\n'), undefined],
    [
      'AppArmor beside SELinux as the first',
      label('unconfined\n', { apparmor: 'cri (enforce)\n' }),
      'cri (enforce)',
    ],
    ['SELinux', label('system_u:system_r:container_t:s0:c1,c2\0'), 'system_u:system_r:container_t:s0:c1,c2'],
    [
      'SELinux, unconfined type: still a context',
      label('unconfined_u:unconfined_r:unconfined_t:s0\0'),
      'unconfined_u:unconfined_r:unconfined_t:s0',
    ],
    ['Smack', label(none, { smack: '_\n' }), '_'],
    ['empty', label(''), undefined],
    ['not permitted', label(errno('EACCES')), null],
    ['not permitted, by each module', label(errno('EACCES'), { apparmor: errno('EACCES') }), null],
    ['process gone', label(errno('ESRCH')), undefined],
  ])('%s', (_, found, expected) => {
    expect(found).toBe(expected);
  });

  it('is asked of those modules that there are', () => {
    const lists = { 'self/attr': ['current', 'prev', 'apparmor', 'apparmorish'] };
    expect(securityModules({ proc: fakeProc({ lists }) })).toEqual(['apparmor']);
    // what may not be looked at says nothing
    expect(securityModules({ proc: fakeProc({}) })).toEqual(['apparmor', 'smack', 'selinux']);
    const texts = { '7/attr/current': none, '7/attr/smack/current': '_\n' };
    expect(readSecurityLabel(fakeProc({ texts }), 7, ['apparmor'])).toBeUndefined();
    expect(readSecurityLabel(fakeProc({ texts }), 7, ['smack'])).toBe('_');
  });

  const withLabel = (text: Text) =>
    probeTree(
      baseTree({
        texts: { '7/attr/current': text, '7/fdinfo/3': fdinfoHead() },
        links: { '7/fd/3': '/x' },
        stats: {},
      }),
    );

  it('is carried by every file and the process', () => {
    const { process, fd } = withLabel('docker-default (enforce)\n');
    expect(fd(3).facts.securityLabel).toBe('docker-default (enforce)');
    expect(process.facts.securityLabel).toBe('docker-default (enforce)');
  });

  it('that could not be read is null, not absent', () => {
    const { process, fd } = withLabel(errno('EACCES'));
    expect(fd(3).facts.securityLabel).toBeNull();
    expect(process.facts.securityLabel).toBeNull();
  });

  it('that is not there is absent', () => {
    expect(withLabel('unconfined\n').fd(3).facts).not.toHaveProperty('securityLabel');
  });
});
