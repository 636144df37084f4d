#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { version } from './version.ts';

/** sysexits(3): the command line is wrong; the system is short of something. */
const EX_USAGE = 64;
const EX_OSERR = 71;
/** Node opens the modules of a command all at once. */
const leastDescriptors = 256;

type Command = (args: readonly string[]) => Promise<number>;

const print = (text: string) => void process.stdout.write(text);

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  check: async () => (await import('./commands/check.ts')).check,
  policies: async () => (await import('./commands/policies.ts')).policies,
  config: async () => (await import('./commands/config.ts')).config,
  help: async () => async () => {
    print((await import('./commands/usage.ts')).usage);
    return 0;
  },
  version: async () => async () => {
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
// the log of `serve` comes first to what may be a pipe that nobody reads: node would wait for it
if (name !== 'serve') endQuietly(process.stdout);
const command = commands[alias[name] ?? name];
const descriptors = descriptorLimit();
if (descriptors < leastDescriptors) {
  complain(
    `${descriptors} files may be open at once, expected ${leastDescriptors} at least: ulimit -Hn, LimitNOFILE=`,
  );
  process.exitCode = EX_OSERR;
} else if (command) {
  process.exitCode = await (await command())(args);
} else {
  const { usage } = await import('./commands/usage.ts');
  complain(`unknown command "${name}": expected ${Object.keys(commands).join(', ')}\n\n${usage.trimEnd()}`);
  process.exitCode = EX_USAGE;
}

/** Who reads may stop, as `head` does: the words end there, and the exit status is the same. */
function endQuietly(stream: NodeJS.WritableStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

function complain(words: string): void {
  process.stderr.write(`checkpointable: ${words}\n`);
}

/** The hard limit, to which node raises its own; without end where it cannot be told. */
function descriptorLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    return Number(/^Max open files +\S+ +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
