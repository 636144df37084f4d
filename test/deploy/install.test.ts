import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remove, temporary } from '../support/held.ts';
import { boot, type Systemd } from './support/systemd.ts';
import { deploy, missing, run } from './support/tools.ts';

const script = `${deploy}/install.sh`;
const port = 20_000 + (process.pid % 10_000);

async function answer(url: string): Promise<string> {
  for (let tries = 0; tries < 250; tries++) {
    const text = await fetch(url).then(
      (response) => response.text(),
      () => undefined,
    );
    if (text !== undefined) return text;
    await sleep(40);
  }
  return 'nobody answers';
}

const filesBelow = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(dir.length));

describe('install.sh --prefix', () => {
  const prefix = temporary();
  afterAll(() => remove(prefix));

  it('installs what runs; uninstalls all but the settings, and these with --purge', async () => {
    expect(run('sh', [script, '--prefix', prefix])).toMatch(/^checkpointable \d+\.\d+\.\d+ is in /m);
    const settings = `${prefix}/etc/default/checkpointable`;
    appendFileSync(settings, 'CHECKPOINTABLE_LOG_LEVEL=warn\n');
    expect(
      filesBelow(prefix)
        .filter((name) => !name.startsWith('/opt/checkpointable/'))
        .sort(),
    ).toEqual([
      '/etc/default/checkpointable',
      '/etc/systemd/system/checkpointable.service',
      '/etc/sysusers.d/checkpointable.conf',
      '/usr/local/bin/checkpointable',
    ]);
    expect(existsSync(`${prefix}/opt/checkpointable/node_modules/vitest`)).toBe(false);
    expect(statSync(`${prefix}/opt/checkpointable/dist/main.js`).mode & 0o777).toBe(0o755);

    const args = ['serve', '--http', `127.0.0.1:${port}`, '--grpc', '127.0.0.1:0', '--grpc-socket', 'none'];
    const child = spawn(process.execPath, [`${prefix}/opt/checkpointable/dist/main.js`, ...args], {
      stdio: 'ignore',
      cwd: '/',
    });
    const ended = once(child, 'close');
    try {
      expect(await answer(`http://127.0.0.1:${port}/livez`)).toBe('ok\n');
    } finally {
      child.kill();
      expect(await ended).toEqual([0, null]);
    }

    run('sh', [script, '--uninstall', '--prefix', prefix]);
    expect(filesBelow(prefix)).toEqual(['/etc/default/checkpointable']);
    expect(readFileSync(settings, 'utf8')).toContain('LOG_LEVEL=warn');
    run('sh', [script, '--uninstall', '--purge', '--prefix', prefix]);
    expect(filesBelow(prefix)).toEqual([]);
  });

  it('says what it takes', () => {
    expect(run('sh', ['-c', `sh ${script} --nonsense 2>&1; echo $?`])).toMatch(
      /install\.sh \[--prefix DIR\](?:.*\n)+64\n$/,
    );
  });
});

const noAnalyze = missing('the systemd unit', { programs: ['systemd-analyze'] });
describe.skipIf(noAnalyze)('the unit, read by systemd-analyze', () => {
  const unit = `${deploy}/systemd/checkpointable.service`;

  it('has no mistake', () => {
    expect(run('sh', ['-c', `systemd-analyze verify --man=no ${unit} 2>&1`])).toBe('');
  });

  it('is as exposed as docs/deployment.md says', () => {
    const said = run('systemd-analyze', ['security', '--offline=true', '--no-pager', unit]);
    const [, level] = /exposure level for checkpointable\.service: ([\d.]+)/.exec(said) ?? [];
    console.log(`exposure: ${level}`);
    expect(readFileSync(`${deploy}/../docs/deployment.md`, 'utf8')).toContain(`exposure ${level}`);
  });
});

const noSystemd = missing('the unit under a systemd', {
  root: true,
  programs: ['systemctl', 'unshare', 'nsenter', 'npm'],
});
describe.skipIf(noSystemd)('the unit, under a systemd', () => {
  let systemd: Systemd;
  const at = `http://127.0.0.1:${port + 1}`;
  beforeAll(async () => {
    systemd = await boot();
  });
  afterAll(() => systemd?.stop());

  async function refusedReads(): Promise<readonly { readonly call: string; readonly errno: string }[]> {
    const report = JSON.parse(await answer(`${at}/v1/processes/1?scope=process&format=json`));
    expect(report.counts.files).toBeGreaterThan(10);
    return report.unread.filter(({ errno }: { errno: string }) => /EACCES|EPERM|ENOSYS/.test(errno));
  }

  it('is installed, started, upgraded and removed', async () => {
    expect(systemd.run('sh', script)).toContain('systemctl enable --now checkpointable');
    appendFileSync(
      systemd.path('etc/default/checkpointable'),
      `CHECKPOINTABLE_HTTP=127.0.0.1:${port + 1}\nCHECKPOINTABLE_GRPC=127.0.0.1:${port + 2}\n`,
    );
    systemd.run('systemctl', 'enable', '--quiet', '--now', 'checkpointable');
    expect(
      await answer(`${at}/livez`),
      systemd.try('systemctl', 'status', '--no-pager', 'checkpointable'),
    ).toBe('ok\n');

    const ready = await answer(`${at}/readyz?verbose`);
    expect(ready).toMatch(/CAP_SYS_PTRACE.*held/);
    expect(ready).toMatch(/CAP_DAC_READ_SEARCH.*held/);
    const pid = systemd.run('systemctl', 'show', '--property=MainPID', '--value', 'checkpointable').trim();
    const status = readFileSync(systemd.path(`proc/${pid}/status`), 'utf8');
    expect(status).toMatch(/^CapEff:\t0000000000080004$/m);
    expect(status).toMatch(/^CapBnd:\t0000000000080004$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    expect(status).not.toMatch(/^Uid:\t0\t/m);
    const socket = statSync(systemd.path('run/checkpointable/checkpointable.sock'));
    expect((socket.mode & 0o777).toString(8)).toBe('660');
    expect(socket.uid).not.toBe(0);

    // process 1 is systemd, of root, on an overlay as a container is: map_files alone would take more rights
    expect(new Set((await refusedReads()).map(({ call }) => call))).toEqual(new Set(['stat']));

    systemd.run('sh', script);
    expect(await answer(`${at}/livez`)).toBe('ok\n');
    const again = systemd.run('systemctl', 'show', '--property=MainPID', '--value', 'checkpointable').trim();
    expect(again).not.toBe(pid);

    // and with them no call is kept from it, by the unit's filter or anything else
    const dropIn = 'etc/systemd/system/checkpointable.service.d';
    mkdirSync(systemd.path(dropIn));
    cpSync(`${deploy}/systemd/checkpointable-full-sight.conf`, `${systemd.path(dropIn)}/full-sight.conf`);
    systemd.run('systemctl', 'daemon-reload');
    systemd.run('systemctl', 'restart', 'checkpointable');
    expect(await answer(`${at}/livez`)).toBe('ok\n');
    expect(await refusedReads()).toEqual([]);

    systemd.run('sh', script, '--uninstall', '--purge');
    expect(existsSync(systemd.path('opt/checkpointable'))).toBe(false);
    expect(systemd.try('systemctl', 'is-active', 'checkpointable')).toBe('inactive\n');
    expect(existsSync('/opt/checkpointable/dist/main.js')).toBe(false);
  });
});
