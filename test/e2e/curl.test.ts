import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Held, hold } from '../support/held.ts';
import { type Daemon, type Ended, run, startDaemon } from './support.ts';

let daemon: Daemon;
let held: Held;
let url: string;
const missing = (await run('curl', ['--version']).catch(() => undefined)) === undefined;
if (missing) console.log('skipped: curl is not there');

beforeAll(async () => {
  [daemon, held] = await Promise.all([startDaemon(), hold('null', 'names')]);
  url = `${daemon.http}/v1/processes/${held.pid}`;
});
afterAll(() => Promise.all([daemon?.stop(), held?.stop()]));

const curl = (...args: readonly string[]): Promise<Ended> => run('curl', ['-sS', ...args]);

describe.skipIf(missing)(`a person with curl${missing ? ' (no curl here)' : ''}`, () => {
  it('reads text without asking for it', async () => {
    const { stdout } = await curl('-i', `${url}?policy=cr-check-file`);
    expect(stdout).toMatch(/^content-type: text\/plain; charset=utf-8\r$/im);
    const body = stdout.split('\r\n\r\n')[1] ?? '';
    expect(body).toMatch(
      /^NOT READY {2}tree \d+ \S+ \(\d+ process(es)?, \d+ files\) {2}policy cr-check-file 1\.0/,
    );
    expect(body).toContain(`  tree ${held.pid} ${held.comm} (`);
    expect(body).toMatch(/^PID +COMM +FD +KIND +WHY +FILE$/m);
    expect(body).toMatch(/^cr_check_file: can't checkpoint char device 1:3, ->f_op = \w+$/m);
  });

  it('sees no control character of a file name', async () => {
    const { stdout } = await curl(`${url}?show=all`);
    expect(stdout).toContain(String.raw`/a\nb`);
    expect(stdout).toContain(String.raw`\x1b[31mred`);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('gets JSON for Accept or format=json', async () => {
    for (const args of [['-H', 'Accept: application/json', url], [`${url}?format=json`]]) {
      expect(JSON.parse((await curl(...args)).stdout).target.pid).toBe(held.pid);
    }
  });

  it('-f: the exit status of a gate', async () => {
    const gate = (query: string) => curl('-f', `${url}/ready?${query}`);
    expect(await gate('policy=cr-check-file')).toMatchObject({ code: 22, stdout: '' });
    const ok = await curl('-f', `${daemon.http}/livez`);
    expect(ok).toMatchObject({ code: 0, stdout: 'ok\n' });
  });

  it('-N: events as they come', async () => {
    const { code, stdout } = await curl('-N', '-m', '2', `${url}/watch?policy=cr-check-file`);
    expect(code).toBe(28);
    expect(stdout).toMatch(/^retry: 5000\n\nid: 1\nevent: report\ndata: \{.*\}\n\n$/);
  });

  it('a problem is one line that says what was expected', async () => {
    const { stdout } = await curl(`${daemon.http}/v1/processes/0`);
    expect(JSON.parse(stdout).detail).toBe('pid: expected an integer from 1 to 4194304, got 0');
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });
});
