import { channel } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';

/** Told of each file that is loaded: a `Loaded`. scripts/keep-code.js listens. */
export const loadedChannel = 'checkpointable:loaded';

export interface Loaded {
  readonly script: Script;
  /** Where its compiled code is looked for. */
  readonly codeFile: string;
}

/**
 * What scripts/bundle.js made of an entry, as a CommonJS module. Files compile faster with the code that V8 made of them
 * in a run before (vm, "cachedData"); without it, or with that of another node, they compile as usual.
 */
export function loadBundled(entry: string, folder = fileURLToPath(new URL('./bundled', import.meta.url))) {
  const codeFolder = join(folder, 'code', codeName(entry, process.execArgv));
  const modules = new Map<string, { readonly exports: object }>();
  const told = channel(loadedChannel);
  const load = (file: string): object => {
    const known = modules.get(file);
    if (known) return known.exports;
    const codeFile = join(codeFolder, `${file.slice(folder.length + 1)}.code`);
    const cachedData = readCode(codeFile);
    const script = new Script(`${head}${readFileSync(file, 'latin1')}\n})`, {
      filename: file,
      ...(cachedData === undefined ? {} : { cachedData }),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    told.publish({ script, codeFile });
    const module = { exports: {} };
    modules.set(file, module);
    const others = createRequire(file);
    const require = (id: string): unknown =>
      id.startsWith('.') ? load(resolve(dirname(file), id)) : others(id);
    require.resolve = others.resolve;
    script.runInThisContext()(module.exports, require, module, file, dirname(file));
    return module.exports;
  };
  return load(join(folder, `${entry}.cjs`));
}

/** A file is a function of these, as node has it. */
const head = '(function (exports, require, module, __filename, __dirname) {';

/** V8 takes no code that was made under other flags. */
export const codeName = (entry: string, flags: readonly string[]): string =>
  [entry, ...flags].join(' ').replaceAll(/[^\w=.-]+/g, '_');

function readCode(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
