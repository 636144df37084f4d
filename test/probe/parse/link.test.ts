import { describe, expect, it } from 'vitest';
import { parseLink } from '../../../src/probe/parse/link.ts';

const cases = [
  { text: 'socket:[9415]', want: { form: 'socket', inode: '9415' } },
  { text: 'pipe:[18446744073709551615]', want: { form: 'pipe', inode: '18446744073709551615' } },
  { text: 'anon_inode:[eventfd]', want: { form: 'anon', name: 'eventfd' } },
  { text: 'anon_inode:[io_uring]', want: { form: 'anon', name: 'io_uring' } },
  { text: 'anon_inode:inotify', want: { form: 'anon', name: 'inotify' } },
  { text: 'anon_inode:bpf-map', want: { form: 'anon', name: 'bpf-map' } },
  { text: 'anon_inode:kvm-vcpu:0', want: { form: 'anon', name: 'kvm-vcpu:0' } },
  { text: 'anon_inode:seccomp notify', want: { form: 'anon', name: 'seccomp notify' } },
  { text: 'anon_inode:[cut', want: { form: 'anon', name: '[cut' } },
  { text: 'net:[4026531840]', want: { form: 'namespace', type: 'net', inode: '4026531840' } },
  {
    text: 'pid_for_children:[4026531836]',
    want: { form: 'namespace', type: 'pid_for_children', inode: '4026531836' },
  },
  { text: '/', want: { form: 'path', path: '/' } },
  { text: '/tmp/socket:[1]', want: { form: 'path', path: '/tmp/socket:[1]' } },
  {
    text: '/memfd:my (deleted) mem\n (deleted)',
    want: { form: 'path', path: '/memfd:my (deleted) mem\n (deleted)' },
  },
  { text: '/\xc3\xa0', want: { form: 'path', path: '/\xc3\xa0' } },
  { text: '', want: { form: 'other', text: '' } },
  { text: 'socket:[]', want: { form: 'other', text: 'socket:[]' } },
  { text: 'socket:[1', want: { form: 'other', text: 'socket:[1' } },
  { text: 'socket:1', want: { form: 'other', text: 'socket:1' } },
  { text: 'socket:[1] (deleted)', want: { form: 'other', text: 'socket:[1] (deleted)' } },
  { text: 'pipe:[-1]', want: { form: 'other', text: 'pipe:[-1]' } },
  { text: 'anon_inode:', want: { form: 'other', text: 'anon_inode:' } },
  { text: 'anon_inode:[]', want: { form: 'other', text: 'anon_inode:[]' } },
  { text: 'future:[4026531840]', want: { form: 'other', text: 'future:[4026531840]' } },
  { text: '(unreachable)/a', want: { form: 'other', text: '(unreachable)/a' } },
  { text: ':[1]', want: { form: 'other', text: ':[1]' } },
  { text: '\x00\xff', want: { form: 'other', text: '\x00\xff' } },
];

describe('parseLink', () => {
  it.each(cases)('$text', ({ text, want }) => {
    expect(parseLink(text)).toEqual(want);
  });
});
