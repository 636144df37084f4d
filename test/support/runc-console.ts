import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ConsoleHolder {
  stop(): void;
}

/** Takes the terminal's master from runc and keeps it open, as a container manager's shim does. */
export async function holdConsole(path: string): Promise<ConsoleHolder> {
  const program = [
    'import socket, time',
    `server = socket.socket(socket.AF_UNIX); server.bind('${path}'); server.listen()`,
    "print('ready', flush=True)",
    'fds = socket.recv_fds(server.accept()[0], 100, 1)[1]; time.sleep(100000)',
  ].join('\n');
  const child = spawn('/usr/bin/python3', ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => undefined)]);
  if (said === undefined) throw new Error('the holder of the console has ended');
  return { stop: () => void child.kill('SIGKILL') };
}
