import { describe, expect, it } from 'vitest';
import { hold } from '../support/held.ts';
import { get, isRoot, main, nobody, run, until, withDaemon } from './support.ts';

const unreachable = isRoot
  ? (await run(process.execPath, ['--check', main], { uid: nobody, gid: nobody })).code !== 0
  : false;
if (unreachable) console.log('skipped: an agent of an ordinary user: this folder is closed to one');

/** As root: an agent of user 65534. As anybody else: an agent of theirs, and process 1 is another user's. */
const options = isRoot ? { user: nobody } : {};

describe.skipIf(unreachable)('an agent without rights', () => {
  it('judges its own processes', () =>
    withDaemon(options, async ({ http, pid }) => {
      const { status, json } = await get(`${http}/v1/processes/${pid}?scope=process`);
      expect(status).toBe(200);
      expect(json.counts.files).toBeGreaterThan(10);
      expect(json.verdict).not.toBe('unknown');
    }));

  it('says of others that it cannot tell, never that they are ready', () =>
    withDaemon(options, async ({ http }) => {
      const other = isRoot ? await hold('null') : undefined;
      const pid = other?.pid ?? 1;
      const { json } = await get(`${http}/v1/processes/${pid}?scope=process`);
      const gate = await get(`${http}/v1/processes/${pid}/ready?scope=process`);
      await other?.stop();
      expect(json.verdict).toBe('unknown');
      expect(json.unread.map(({ errno }: { errno: string }) => errno)).toContain('EACCES');
      expect(gate.status).toBe(503);
      expect(gate.text).toMatch(/^unknown {2}/);
    }));

  it('is ready all the same, and says what it lacks', () =>
    withDaemon(options, async ({ http }) => {
      const { status, text } = await get(`${http}/readyz?verbose`);
      expect(status).toBe(200);
      expect(text).toMatch(/^\[!\] capability CAP_SYS_PTRACE: missing: /m);
    }));

  it('goes without a unix socket where it may make none', () =>
    withDaemon({ ...options, flags: ['--grpc-socket', '/closed-to-it/agent.sock'] }, async ({ output }) => {
      // the log is written beside the event loop
      await until(() => output.stdout.includes('no unix socket'), 'it says so');
      expect(output.stdout).not.toContain('unix:');
    }));
});
