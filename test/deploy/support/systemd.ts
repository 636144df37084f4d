import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { remove, temporary } from '../../support/held.ts';
import { find, project, run } from './tools.ts';

export interface Systemd {
  /** Runs something in it; what it said. */
  run(...command: readonly string[]): string;
  /** Status 0 or not, with what it said. */
  try(...command: readonly string[]): string;
  /** As `etc/default/x` of its root, which is a view of this machine's. */
  path(name: string): string;
  stop(): Promise<void>;
}

const script = fileURLToPath(new URL('./boot.sh', import.meta.url));
const namespaces = ['--mount', '--pid', '--fork', '--cgroup', '--ipc', '--uts', '--kill-child'];

/** A systemd of its own, that can do nothing to this machine's. */
export async function boot(): Promise<Systemd> {
  const dir = temporary();
  const child = spawn(find('unshare') ?? 'unshare', [...namespaces, 'bash', script, dir, project], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const init = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  const enter = (...command: readonly string[]) =>
    ['nsenter', [`--target=${init()}`, '--mount', '--pid', '--root', '--wd=/', '--', ...command]] as const;
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    remove(dir);
  };
  for (let tries = 0; ; tries++) {
    const pid = child.exitCode === null && existsSync(`/proc/${child.pid}`) ? init() : '';
    // it is there once its socket is
    if (pid !== '' && existsSync(`/proc/${pid}/root/run/systemd/private`)) break;
    if (tries === 200 || child.exitCode !== null) {
      await stop();
      throw new Error(`systemd does not start: ${said}`);
    }
    await sleep(50);
  }
  return {
    run: (...command) => run(...enter(...command)),
    try: (...command) => run('sh', ['-c', '"$@" 2>&1 || true', 'sh', 'nsenter', ...enter(...command)[1]]),
    path: (name) => `/proc/${init()}/root/${name}`,
    stop,
  };
}
