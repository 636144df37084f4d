import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { remove, temporary } from './held.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const packages = join(project, 'node_modules');

export interface Built {
  readonly dir: string;
  /** Runs a script of test/support beside the compiled code; its one line of JSON. */
  run<T>(script: string, argument: unknown, user?: number): Promise<T>;
  remove(): void;
}

let compiled: string | undefined;
let users = 0;

/** Once, for as long as something is built from it. */
function compile(): string {
  if (compiled !== undefined) return compiled;
  const dir = temporary();
  const flags = ['--outDir', dir, '--declaration', 'false', '--sourceMap', 'false'];
  try {
    execFileSync(
      process.execPath,
      [join(packages, 'typescript/bin/tsc'), '-p', 'tsconfig.build.json', ...flags],
      { cwd: project, stdio: 'pipe' },
    );
  } catch (error) {
    // with a type error it has written the code all the same
    if (!existsSync(join(dir, 'server/local.js'))) throw error;
  }
  compiled = dir;
  return dir;
}

/** The sources of today as JavaScript, for what runs in processes of its own; with or without `koffi` beside it. */
export function build({ koffi }: { readonly koffi: boolean }): Built {
  const dir = temporary();
  users++;
  cpSync(compile(), join(dir, 'dist'), { recursive: true });
  cpSync(join(project, 'src/policy/builtin'), join(dir, 'dist/policy/builtin'), { recursive: true });
  cpSync(join(project, 'test/support'), join(dir, 'support'), { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  mkdirSync(join(dir, 'node_modules'));
  for (const name of ['yaml', ...(koffi ? ['koffi', '@koromix'] : [])]) {
    const from = join(packages, name);
    if (existsSync(from)) symlinkSync(realpathSync(from), join(dir, 'node_modules', name));
  }
  return {
    dir,
    run: (script, argument, user) => run(dir, script, argument, user),
    remove: () => {
      remove(dir);
      if (--users > 0 || compiled === undefined) return;
      remove(compiled);
      compiled = undefined;
    },
  };
}

function run<T>(dir: string, script: string, argument: unknown, user?: number): Promise<T> {
  const child = spawn(process.execPath, [join(dir, 'support', script), JSON.stringify(argument)], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += String(text);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(said) as T);
      else reject(new Error(`${script} ended with ${code}: ${said}`));
    });
  });
}
