#!/usr/bin/env node
import { usage } from './commands/usage.ts';
import { version } from './version.ts';

/** sysexits(3): the command line is wrong. */
const EX_USAGE = 64;

const print = (text: string) => void process.stdout.write(text);

/** Each loads what it needs: a check on the command line waits for no server. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  serve: async (args) => (await import('./commands/serve.ts')).serve(args),
  check: async (args) => (await import('./commands/check.ts')).check(args),
  policies: async (args) => (await import('./commands/policies.ts')).policies(args),
  config: async (args) => (await import('./commands/config.ts')).config(args),
  help: async () => {
    print(usage);
    return 0;
  },
  version: async () => {
    print(`checkpointable ${version()}\n`);
    return 0;
  },
};
const alias: Readonly<Record<string, string>> = {
  '-h': 'help',
  '--help': 'help',
  '-V': 'version',
  '--version': 'version',
};

const [name = 'help', ...args] = process.argv.slice(2);
const command = commands[alias[name] ?? name];
if (command) {
  process.exitCode = await command(args);
} else {
  process.stderr.write(
    `checkpointable: unknown command "${name}": expected ${Object.keys(commands).join(', ')}\n\n${usage}`,
  );
  process.exitCode = EX_USAGE;
}
