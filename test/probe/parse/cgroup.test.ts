import { describe, expect, it } from 'vitest';
import { parseCgroup } from '../../../src/probe/parse/cgroup.ts';

const unified = { hierarchyId: 0, controllers: [], path: '/user.slice' };
const cases = [
  { name: 'unified', text: '0::/user.slice\n', rows: [unified], bad: 0 },
  {
    name: 'v1: several controllers, and a name',
    text: '4:cpu,cpuacct:/docker/0123\n9:name=systemd:/\n',
    rows: [
      { hierarchyId: 4, controllers: ['cpu', 'cpuacct'], path: '/docker/0123' },
      { hierarchyId: 9, controllers: ['name=systemd'], path: '/' },
    ],
    bad: 0,
  },
  {
    name: 'colons and spaces in the path',
    text: '0::/system.slice:cri-containerd:0123 x (deleted)\n',
    rows: [{ ...unified, path: '/system.slice:cri-containerd:0123 x (deleted)' }],
    bad: 0,
  },
  { name: 'outside the cgroup namespace', text: '0::/../x\n', rows: [{ ...unified, path: '/../x' }], bad: 0 },
  { name: 'empty', text: '', rows: [], bad: 0 },
  { name: 'last line cut', text: '0::/user.slice\n1:cpu:/us', rows: [unified], bad: 1 },
  { name: 'one colon', text: '0:/user.slice\n', rows: [], bad: 1 },
  { name: 'no colon', text: '0\n', rows: [], bad: 1 },
  { name: 'id not a number', text: 'x::/\n', rows: [], bad: 1 },
  { name: 'no path', text: '0::\n', rows: [], bad: 1 },
  { name: 'binary', text: '\x00:\xff:\n', rows: [], bad: 1 },
];

describe('parseCgroup', () => {
  it.each(cases)('$name', ({ text, rows, bad }) => {
    expect(parseCgroup(text)).toEqual({ rows, bad });
  });
});
