import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { remove, temporary } from '../../support/held.ts';
import { type Container, type Recipe, startContainer } from '../../support/runc.ts';

/** Where a situation is set up: everything is undone, the last first. */
export interface Stage {
  /** On the host; CRIU's configuration file of the containers is in it. */
  readonly dir: string;
  start(recipe?: Recipe): Promise<Container>;
  /** A process of the host; resolves once it has said something. */
  host(command: string, ...args: readonly string[]): Promise<ChildProcess>;
  undo(action: () => unknown): void;
  /** The options of the next checkpoint, one a line. */
  configure(options: readonly string[]): void;
}

export async function onStage<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
  const dir = temporary();
  const conf = join(dir, 'criu.conf');
  const actions: (() => unknown)[] = [() => remove(dir)];
  const configure = (options: readonly string[]) =>
    writeFileSync(conf, options.map((option) => `${option.replace('=', ' ')}\n`).join(''));
  configure([]);
  try {
    return await play({
      dir,
      configure,
      undo: (action) => void actions.push(action),
      start: async (recipe = {}) => {
        const annotations = { 'org.criu.config': conf, ...recipe.annotations };
        const container = await startContainer({ ...recipe, annotations });
        actions.push(container.stop);
        return container;
      },
      host: async (command, ...args) => {
        const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        actions.push(() => end(child));
        await once(child.stdout, 'data');
        return child;
      },
    });
  } finally {
    for (const action of actions.reverse()) await action();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
