import { describe, expect, it } from 'vitest';
import { parseFdinfo } from '../../../src/probe/parse/fdinfo.ts';

const head = 'pos:\t0\nflags:\t02\nmnt_id:\t17\nino:\t18\n';
const anon = { pos: '0', flags: 2, mntId: 17, ino: '18' };

const cases = [
  {
    name: 'regular file',
    text: 'pos:\t1234\nflags:\t02100002\nmnt_id:\t27\nino:\t2146350\n',
    want: { pos: '1234', flags: 0o2100002, mntId: 27, ino: '2146350', extra: [] },
  },
  {
    name: 'no ino before 5.14',
    text: 'pos:\t0\nflags:\t0100000\nmnt_id:\t27\nlock:\t1: FLOCK  ADVISORY  READ 1 fe:00:2 0 EOF\n',
    want: {
      pos: '0',
      flags: 0o100000,
      mntId: 27,
      ino: undefined,
      extra: [['lock', ['1: FLOCK  ADVISORY  READ 1 fe:00:2 0 EOF']]],
    },
  },
  {
    name: 'unsigned offset of /proc/PID/mem',
    text: 'pos:\t-8392704\nflags:\t0100000\nmnt_id:\t22\nino:\t3\n',
    want: { pos: '-8392704', flags: 0o100000, mntId: 22, ino: '3', extra: [] },
  },
  {
    name: 'locks repeat in order',
    text: `${head}lock:\t1: FLOCK  ADVISORY  READ 4346 fe:00:2146350 0 EOF\nlock:\t2: POSIX  ADVISORY  WRITE 4346 fe:00:2146350 5 14\n`,
    want: {
      ...anon,
      extra: [
        [
          'lock',
          [
            '1: FLOCK  ADVISORY  READ 4346 fe:00:2146350 0 EOF',
            '2: POSIX  ADVISORY  WRITE 4346 fe:00:2146350 5 14',
          ],
        ],
      ],
    },
  },
  {
    name: 'eventfd, padded values',
    text: `${head}eventfd-count:                3\neventfd-id: 1\neventfd-semaphore: 0\n`,
    want: {
      ...anon,
      extra: [
        ['eventfd-count', ['3']],
        ['eventfd-id', ['1']],
        ['eventfd-semaphore', ['0']],
      ],
    },
  },
  {
    name: 'epoll',
    text: `${head}tfd:        6 events: 80000019 data:                6  pos:0 ino:24b1 sdev:f\n`,
    want: { ...anon, extra: [['tfd', ['6 events: 80000019 data:                6  pos:0 ino:24b1 sdev:f']]] },
  },
  {
    name: 'inotify and fanotify keys end at the space',
    text: `${head}inotify wd:2 ino:1 sdev:15 mask:fff ignored_mask:0 \nfanotify flags:0 event-flags:8000\nfanotify mnt_id:1b mflags:0 mask:20 ignored_mask:0\n`,
    want: {
      ...anon,
      extra: [
        ['inotify', ['wd:2 ino:1 sdev:15 mask:fff ignored_mask:0 ']],
        ['fanotify', ['flags:0 event-flags:8000', 'mnt_id:1b mflags:0 mask:20 ignored_mask:0']],
      ],
    },
  },
  {
    name: 'timerfd, a key with a space',
    text: `${head}clockid: 1\nticks: 0\nsettime flags: 00\nit_value: (0, 0)\nit_interval: (0, 0)\n`,
    want: {
      ...anon,
      extra: [
        ['clockid', ['1']],
        ['ticks', ['0']],
        ['settime flags', ['00']],
        ['it_value', ['(0, 0)']],
        ['it_interval', ['(0, 0)']],
      ],
    },
  },
  {
    name: 'unix socket',
    text: 'pos:\t0\nflags:\t02000002\nmnt_id:\t10\nino:\t9415\nscm_fds: 1\n',
    want: { pos: '0', flags: 0o2000002, mntId: 10, ino: '9415', extra: [['scm_fds', ['1']]] },
  },
  {
    name: 'io_uring: indented lines belong to the key above',
    text: `${head}SqThread:\t-1\nUserFiles:\t2\n    0: pipe:[7]\n    1: /tmp/a:b\nPollList:\n  op=6, task_works=0\nNAPI:\tdisabled\n`,
    want: {
      ...anon,
      extra: [
        ['SqThread', ['-1']],
        ['UserFiles', ['2', '    0: pipe:[7]', '    1: /tmp/a:b']],
        ['PollList', ['', '  op=6, task_works=0']],
        ['NAPI', ['disabled']],
      ],
    },
  },
  {
    name: 'lines without a colon belong to the key above, or to none',
    text: `${head}nonsense\nkprobe_cnt:\t1\ncookie\t offset\t func\n\n`,
    want: {
      ...anon,
      extra: [
        ['', ['nonsense']],
        ['kprobe_cnt', ['1', 'cookie\t offset\t func', '']],
      ],
    },
  },
  {
    name: 'a value keeps its colons and its bytes',
    text: `${head}API:\taa:0:80000000000001ff\nname:\t \xc3\xa0\xa0\n`,
    want: {
      ...anon,
      extra: [
        ['API', ['aa:0:80000000000001ff']],
        ['name', ['\xc3\xa0\xa0']],
      ],
    },
  },
  {
    name: 'a name with a newline cannot forge the head',
    text: `${head}name:\tx\nflags:\t0\npos:\t9\n`,
    want: {
      ...anon,
      extra: [
        ['name', ['x']],
        ['flags', ['0']],
        ['pos', ['9']],
      ],
    },
  },
  { name: 'empty', text: '', want: undefined },
  { name: 'cut in the head', text: 'pos:\t0\nflags:\t02\nmnt_i', want: undefined },
  { name: 'cut in a number', text: 'pos:\t0\nflags:\t02\nmnt_id:\t2', want: undefined },
  { name: 'cut in the last line', text: `${head}eventfd-count:        `, want: undefined },
  { name: 'no mount id before 3.15', text: 'pos:\t0\nflags:\t02\n', want: undefined },
  { name: 'position not a number', text: 'pos:\tx\nflags:\t02\nmnt_id:\t1\n', want: undefined },
  { name: 'flags not octal', text: 'pos:\t0\nflags:\t09\nmnt_id:\t1\n', want: undefined },
  { name: 'negative mount id', text: 'pos:\t0\nflags:\t02\nmnt_id:\t-1\n', want: undefined },
  {
    name: 'inode above 64 bits',
    text: `pos:\t0\nflags:\t02\nmnt_id:\t1\nino:\t${'9'.repeat(21)}\n`,
    want: undefined,
  },
  { name: 'binary', text: '\x00\xff\n:\n\x80', want: undefined },
];

describe('parseFdinfo', () => {
  it.each(cases)('$name', ({ text, want }) => {
    const got = parseFdinfo(text);
    expect(got && { ...got, extra: [...got.extra] }).toEqual(want);
  });

  it('holds 50,000 watches', () => {
    const text = head + 'inotify wd:1 ino:3f7e8 sdev:fe00000 mask:fff ignored_mask:0 \n'.repeat(50_000);
    expect(parseFdinfo(text)?.extra.get('inotify')).toHaveLength(50_000);
  });
});
