import { describe, expect, it } from 'vitest';
import { scanCgroups } from '../../../src/probe/targets/cgroups.ts';
import { errno, fakeProc } from '../../support/fake-proc.ts';
import { statLine } from '../../support/fake-process.ts';

const id = 'a'.repeat(64);
const scan = (texts: Parameters<typeof fakeProc>[0]['texts']) =>
  scanCgroups(fakeProc({ texts: { '1/cgroup': '0::/\n', ...texts } }));

describe('scanCgroups', () => {
  it('takes the line that tells most', () => {
    const { groups } = scan({
      '7/cgroup': `5:memory:/docker/${id}\n1:name=systemd:/docker/${id}\n0::/system.slice/containerd.service\n`,
    });
    expect(groups).toMatchObject([{ hierarchy: 'systemd', cgroup: `/docker/${id}`, pids: [7] }]);
  });
  it('joins a container and the cgroups below it', () => {
    const { groups } = scan({
      '7/cgroup': `0::/docker/${id}\n`,
      '8/cgroup': `0::/docker/${id}/init.scope\n`,
    });
    expect(groups).toMatchObject([{ cgroup: `/docker/${id}`, pids: [7, 8] }]);
  });
  it('asks the live threads of a zombie, which v1 has put in the root', () => {
    const stat = statLine(7, { state: 'Z' }).replace(/ 20 0 1 0 /, ' 20 0 2 0 ');
    const zombie = {
      '7/cgroup': '5:memory:/\n',
      '7/stat': stat,
      '7/task/8/cgroup': `5:memory:/docker/${id}\n`,
    };
    expect(scan(zombie).groups).toMatchObject([{ pids: [7] }]);
    expect(scan({ ...zombie, '7/stat': statLine(7, { state: 'Z' }) }).groups).toEqual([]);
  });
  it('knows a zombie of a removed v2 cgroup', () => {
    const { groups, lines } = scan({ '7/cgroup': `0::/docker/${id} (deleted)\n` });
    expect(groups).toMatchObject([{ cgroup: `/docker/${id}` }]);
    expect(lines.get(7)).toEqual([{ hierarchy: 'unified', path: `/docker/${id}` }]);
  });
  it('tells what it could not read, and not what is gone', () => {
    const { unread } = scan({ '7/cgroup': () => errno('EACCES'), '8/cgroup': () => errno('ESRCH') });
    expect(unread).toEqual([{ pid: 7, call: 'read cgroup', errno: 'EACCES', facts: ['cgroup'] }]);
  });
  it('tells that processes are hidden', () => {
    expect(scanCgroups(fakeProc({ texts: { '7/cgroup': '0::/\n' } })).unread).toMatchObject([
      { pid: 1, call: 'list' },
    ]);
  });
});
