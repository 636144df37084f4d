import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Daemon, get, main, nobody, until, withDaemon } from '../e2e/support.ts';
import { remove, temporary } from '../support/held.ts';
import { agentPid, helper, needsRoot, seen, tellSkipped } from './support/agent.ts';

const skip = tellSkipped('an agent that may not see or do all', needsRoot);

const asNobody = ['setpriv', '--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'];
/** A shell in a mount namespace of its own, and then the command. */
const after = (script: string) => ['unshare', '-m', 'sh', '-ec', `${script}; exec "$@"`, '-'];
const procMounted = (options: string) => after(`mount -t proc -o ${options} proc /proc`);

/** A command that holds nothing but its stdin, stdout and stderr, whatever the tests were started with. */
const alone = [
  'bash',
  '-c',
  'for fd in $(ls /proc/$$/fd); do ((fd > 2)) && eval "exec $fd>&-"; done; exec "$@"',
  '-',
];

type Policy = 'criu' | 'cr-check-file';
/** Target, policy, what is said of it. */
type Row = readonly [target: string, policy: Policy, seen: string];

interface Condition {
  readonly name: string;
  readonly within: (attr: string, own: number) => readonly string[];
  readonly rows: readonly Row[];
  /** Ends it, in the mount namespace of the agent; and what is said then. */
  readonly end?: (own: number) => string;
  readonly later?: readonly Row[];
}

const hidepid = (value: number, said: string): Condition => ({
  name: `hidepid=${value}`,
  within: () => [...procMounted(`hidepid=${value}`), ...asNobody],
  rows: [
    ['theirs', 'criu', said],
    ['own', 'cr-check-file', '200 ready'],
    ['family', 'cr-check-file', '200 unknown'],
  ],
  end: () => 'mount -o remount,hidepid=0 /proc',
  later: [['theirs', 'criu', '200 unknown']],
});

const conditions: readonly Condition[] = [
  hidepid(1, '403 NotPermitted'),
  hidepid(2, '404 ProcessNotFound'),
  {
    name: 'root without capabilities',
    within: () => ['setpriv', '--bounding-set=-all', '--inh-caps=-all'],
    rows: [
      ['theirs', 'criu', '200 unknown'],
      ['own', 'cr-check-file', '200 unknown'],
      ['family', 'cr-check-file', '200 unknown'],
    ],
  },
  {
    name: 'attr/ that may not be read',
    within: (attr, own) => [...after(`mount --bind ${attr} /proc/${own}/attr`), ...asNobody],
    rows: [['own', 'cr-check-file', '200 unknown']],
    end: (own) => `umount /proc/${own}/attr`,
    later: [['own', 'cr-check-file', '200 ready']],
  },
  {
    name: 'procfs with subset=pid',
    within: () => procMounted('subset=pid'),
    rows: [
      ['theirs', 'cr-check-file', '200 unknown'],
      ['pair', 'cr-check-file', '200 unknown'],
    ],
  },
  {
    name: 'a seccomp filter that denies kcmp and pidfd_getfd',
    within: () => ['python3', helper('without-calls.py'), 'kcmp,pidfd_getfd'],
    rows: [
      ['pair', 'criu', '200 unknown'],
      ['socket', 'criu', '200 unknown'],
    ],
  },
  {
    name: 'an agent in a user namespace',
    within: () => [...asNobody, 'unshare', '-Ur'],
    rows: [
      ['theirs', 'criu', '200 unknown'],
      ['family', 'cr-check-file', '200 unknown'],
    ],
  },
  {
    name: 'nothing of this, and targets in a user namespace',
    within: () => [],
    rows: ['theirs', 'own', 'inside', 'family', 'pair'].map(
      (name): Row => [name, 'cr-check-file', '200 ready'],
    ),
  },
];

describe.skipIf(skip)('an agent that may not see or do all', () => {
  const targets: Record<string, number> = {};
  const children: ChildProcess[] = [];
  let dir: string;
  let attr: string;
  /** Whether it is ready by the policy `cr-check-file`, as an agent says that sees everything. */
  const truth = new Map<string, boolean>();

  beforeAll(async () => {
    dir = temporary();
    attr = join(dir, 'attr');
    mkdirSync(attr);
    writeFileSync(join(attr, 'current'), 'unconfined', { mode: 0 });
    // a file of a disk, which both policies take
    const file = openSync(main, 'r');
    const start = (name: string, user: number, ...words: readonly string[]) => {
      const [command = '', ...args] = [...alone, ...words];
      const stdio = [file, file, file];
      const child = spawn(command, args, { stdio, detached: true, uid: user, gid: user, cwd: '/' });
      children.push(child);
      targets[name] = child.pid as number;
    };
    start('theirs', 0, 'sleep', '600');
    start('own', nobody, 'sleep', '600');
    start('inside', nobody, 'unshare', '-Ur', 'sleep', '600');
    start('family', 0, 'sh', '-c', `sleep 600 <${main} & exec ${asNobody.join(' ')} sleep 600`);
    start('pair', 0, 'sh', '-c', `sleep 600 <${main} & wait`);
    const unbound = 'import socket, time; s = socket.socket(type=socket.SOCK_DGRAM); time.sleep(600)';
    start('socket', 0, 'python3', '-c', unbound);
    closeSync(file);
    await withDaemon({ flags: ['--workers', '1'] }, async (free) => {
      const files = async () => (await ask(free, 'socket', 'criu')).json.counts?.files;
      await until(async () => (await files()) > 10, 'they are there');
      for (const name of Object.keys(targets))
        truth.set(name, isReady(await ask(free, name, 'cr-check-file')));
    });
  });
  afterAll(() => {
    for (const { pid = 0 } of children) process.kill(-pid, 'SIGKILL');
    if (dir) remove(dir);
  });

  const ask = (agent: Daemon, name: string, policy: Policy) =>
    get(`${agent.http}/v1/processes/${targets[name]}?policy=${policy}`);
  const isReady = (answer: Answer | undefined) =>
    answer?.status === 200 && answer.json.verdict.startsWith('ready');
  const expectRows = async (agent: Daemon, rows: readonly Row[]) => {
    for (const [name, policy, said] of rows)
      expect([name, policy, seen(await ask(agent, name, policy))]).toEqual([name, policy, said]);
  };

  it.each(conditions)('$name', ({ within, rows, end, later = [] }) =>
    withDaemon({ within: within(attr, targets.own as number), flags: ['--workers', '1'] }, async (agent) => {
      await expectRows(agent, rows);
      for (const name of Object.keys(targets)) {
        const answer = await ask(agent, name, 'cr-check-file');
        expect([200, 403, 404]).toContain(answer.status);
        // what it could not read never makes it better
        if (!truth.get(name)) expect(isReady(answer)).toBe(false);
        if (answer.json.unread?.length > 0) expect(answer.json.verdict).not.toBe('ready');
      }
      expect((await get(`${agent.http}/livez`)).status).toBe(200);
      if (end === undefined) return;
      const script = end(targets.own as number);
      execFileSync('nsenter', ['-t', String(agentPid(agent)), '-m', 'sh', '-ec', script]);
      await expectRows(agent, later);
    }),
  );
});
