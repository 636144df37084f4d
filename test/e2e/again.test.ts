import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { get, withDaemon } from './support.ts';

/** Puts a connection behind the number of a file, takes it back, and ends a child. */
const holder = `
import os, socket
# a tree of its own, which is judged by itself
if os.fork(): os._exit(0)
os.setsid()
commands = open(3)
file = os.open('/etc/hostname', os.O_RDONLY); spare = os.dup(file)
a, b = socket.socketpair()
server = socket.create_server(('127.0.0.1', 0))
end, alive = os.pipe()
child = os.fork()
if child == 0: os.close(alive); os.read(end, 1); os._exit(0)
accepted = []
def connect():
    client = socket.create_connection(server.getsockname())
    accepted.append(server.accept()[0])
    os.dup2(client.fileno(), file)
acts = {
    'connection': connect,
    'back': lambda: (os.dup2(spare, file), accepted.pop().close()),
    'child': lambda: (os.kill(child, 9), os.waitpid(child, 0)),
}
print(os.getpid(), file, flush=True)
for line in commands:
    acts[line.strip()](); print('done', flush=True)
`;

it('what is asked again and again is told as it is now, by a check and by a sweep', async () => {
  const child = spawn('python3', ['-c', holder], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  const output = child.stdout as Readable;
  const commands = child.stdio[3] as Writable;
  const lines = createInterface({ input: output });
  const said = async () => String((await once(lines, 'line'))[0]);
  const act = async (name: string) => {
    commands.write(`${name}\n`);
    await said();
  };
  try {
    const [pid, fd] = (await said()).split(' ').map(Number);
    await withDaemon({ flags: ['--workers', '1'] }, async ({ http }) => {
      const check = async () => {
        const { json } = await get(`${http}/v1/processes/${pid}?scope=tree`);
        const { durationMs, observedAt, ...report } = json as Report;
        return report;
      };
      /** What the report of the node says of the process. */
      const swept = async () => {
        const { json } = await get(`${http}/v1/node?fresh=true`);
        return (json as Report).findings.filter((finding) => finding.pid === pid);
      };
      const ready = await check();
      const sweptReady = await swept();
      expect(ready.verdict).toBe('ready-with-options');
      expect(ready.findings.filter(({ file }) => file?.fd === fd)).toEqual([]);
      for (let i = 0; i < 4; i++) expect(await check()).toEqual(ready);
      for (let i = 0; i < 3; i++) expect(await swept()).toEqual(sweptReady);

      await act('connection');
      const other = await check();
      expect(other.options.needed).not.toEqual(ready.options.needed);
      expect(other.findings.some(({ file }) => file?.fd === fd && file?.kind === 'tcp')).toBe(true);
      const sweptOther = await swept();
      expect(sweptOther.length).toBeGreaterThan(sweptReady.length);
      for (let i = 0; i < 3; i++) expect(await check()).toEqual(other);
      for (let i = 0; i < 3; i++) expect(await swept()).toEqual(sweptOther);

      await act('back');
      // by now it has mapped a library more
      for (let i = 0; i < 4; i++) expect((await check()).findings).toEqual(ready.findings);
      for (let i = 0; i < 3; i++) expect(await swept()).toEqual(sweptReady);

      await act('child');
      expect((await check()).counts.processes).toBe(1);
    });
  } finally {
    const closed = once(output, 'close');
    commands.end();
    await closed;
  }
});
