import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { type Held, hold } from '../support/held.ts';
import { cli, isRoot, main, nobody, ownPolicies, run } from './support.ts';

let held: Held;
let quiet: ReturnType<typeof spawn>;
beforeAll(async () => {
  held = await hold('tcp', 'null');
  // nothing but what every process has: CRIU takes it as it is
  quiet = spawn('setsid', ['sleep', '600'], { stdio: 'ignore', cwd: '/' });
  await once(quiet, 'spawn');
});
afterAll(() => {
  quiet?.kill();
  return held?.stop();
});

const check = (...args: readonly string[]) => cli(['check', ...args]);

describe('checkpointable check', () => {
  it('0: ready', async () => {
    // where CRIU may not change limits it takes root's processes only
    const asked = isRoot
      ? ['--policy', 'criu', '--', '--shell-job']
      : ['--policy', 'anything', '--policy-dir', ownPolicies];
    const { code, stdout, stderr } = await check(String(quiet.pid), ...asked);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^READY {2}tree /);
    expect(code).toBe(0);
  });

  it('1: not ready, or only with options; then 0 or 1 as the options after -- say', async () => {
    const seed = await check(String(held.pid), '--policy', 'cr-check-file');
    expect(seed).toMatchObject({ code: 1, stderr: '' });
    expect(seed.stdout).toMatch(/^NOT READY/);
    const args = [String(held.pid), '--process', '--policy', 'criu', '--json'];
    const bare = JSON.parse((await check(...args)).stdout);
    expect(bare.options.needed).toContain('tcp-established');
    const given = await check(...args, '--', '-v4', '-o', 'dump.log', '-t', '1', '--tcp-established', '-j');
    expect(JSON.parse(given.stdout).options).toMatchObject({
      given: expect.arrayContaining(['tcp-established', 'shell-job']),
      unrecognised: [],
    });
  });

  it('node: every tree but the one that asks', async () => {
    const { stdout, stderr, code } = await check('node', '--all', '--json');
    expect(stderr).toBe('');
    const { target, verdict, parts, notes } = JSON.parse(stdout);
    expect(target).toEqual({ type: 'node' });
    expect(code).toBe({ ready: 0, 'ready-with-options': 1, 'not-ready': 1, unknown: 2 }[verdict as string]);
    const pids = (parts as readonly Report[]).flatMap(({ processes }) => processes.map(({ pid }) => pid));
    expect(pids).toContain(quiet.pid);
    expect(notes).toContainEqual(expect.stringMatching(/kernel threads and 1 processes of the agent$/));
    expect(await check('node', '--policy', 'none')).toMatchObject({ code: 64, stdout: '' });
  });

  it('says as much as is read of it, and ends with the same status', async () => {
    const piped = `set -o pipefail; "${process.execPath}" "${main}" check node --all | head -n 1`;
    const { stdout, stderr, code } = await run('bash', ['-c', piped]);
    expect({ stderr, code }).toEqual({ stderr: '', code: (await check('node', '--all')).code });
    expect(stdout.split('\n')).toHaveLength(2);
  });

  it('2: unknown, as where there is no such process', async () => {
    const { code, stderr, stdout } = await check('4194304');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/No such process: no process 4194304/);
  });

  it.each([
    ['container/abcdef012345', /^checkpointable check: No such container/],
    ['pod/none/none', /^checkpointable check: No such pod/],
    ['cgroup/no/such', /^checkpointable check: No such cgroup/],
  ])('2: %s, which is not there', async (target, said) => {
    expect(await check(target)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(said) });
  });

  it.skipIf(!isRoot)(
    '2: a process of another user, for one without rights (skipped where not root)',
    async () => {
      const { code, stdout } = await cli(['check', String(quiet.pid), '--process'], {
        uid: nobody,
        gid: nobody,
      });
      expect(stdout).toMatch(/^UNKNOWN[\s\S]*Treat it as not ready/);
      expect(code).toBe(2);
    },
  );

  it.each([
    [[]],
    [['x']],
    [['1', '2']],
    [['pod/cart']],
    [['container/-']],
    [['node', '--process']],
    [['1', '--runtime', 'docker']],
    [['1', '--uid', '5b9a3d7e-1111-4222-8333-00000000aaaa']],
    [['1', '--no-such']],
    [['1', '--policy', 'none']],
    [['1', '--engine-version', 'new']],
    [['1', '--policy', 'criu', '--', '--ghost-limit=much']],
  ])('64: %j', async (args) => {
    const { code, stderr, stdout } = await check(...args);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^checkpointable check: /);
    expect(code).toBe(64);
  });

  it('no escape codes where the output is no terminal', async () => {
    const { stdout } = await check(String(held.pid), '--all');
    expect(stdout).not.toContain('\x1b');
  });
});

describe('the other commands', () => {
  it('policies, and one of them', async () => {
    expect((await cli(['policies'])).stdout).toMatch(/^cr-check-file[\s\S]*^criu/m);
    const one = await cli(['policies', 'criu']);
    expect(one.stdout).toMatch(
      /^ {2}tcp-established +TcpEstablished +tcp .*--tcp-established \| --tcp-close/m,
    );
    expect((await cli(['policies', 'none'])).code).toBe(64);
  });

  it('help, version, and a command that is none', async () => {
    expect(await cli(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('exit status:') });
    expect(await cli(['version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^checkpointable \d/),
    });
    expect(await cli(['chekc'])).toMatchObject({ code: 64, stdout: '' });
  });
});
