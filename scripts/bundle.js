// A start is mostly loading modules: what the programs import, some 1,100 files, is put into a few, over what tsc made of
// their entries. All other modules stay as they are, for those who import one.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const dist = resolve('dist');
const bundled = `${dist}/bundled`;
rmSync(bundled, { recursive: true, force: true });

const entries = [
  ...['serve', 'check', 'policies', 'config'].map((name) => `commands/${name}`),
  'server/engine-child',
  'probe/native/ahead-thread',
];
const packageOf = (id) => /^(.*\/node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(id);

/** A module looks for the files beside it, wherever its code is put: first marked, then told from there. */
const ownPlace = {
  name: 'own-place',
  transform: (code, id) =>
    id.startsWith(`${dist}/`) && code.includes('import.meta.url')
      ? code.replaceAll('import.meta.url', `__ownPlace("${relative(dist, id)}")`)
      : null,
  renderChunk: (code, { fileName }) =>
    code.replaceAll(/__ownPlace\("([^"]+)"\)/g, (_, path) => {
      const here = relative(dirname(`${bundled}/${fileName}`), `${dist}/${path}`);
      return `require("node:url").pathToFileURL(require("node:path").join(__dirname, "${here}")).href`;
    }),
};

/** So does one of a package: where that is installed. */
const theirPlace = {
  name: 'their-place',
  transform: (code, id) => {
    const [, , name] = packageOf(id) ?? [];
    if (name === undefined || !code.includes('__dirname')) return null;
    const isBeside = dirname(createRequire(id).resolve(name)) === dirname(id);
    const place = `require("node:path").dirname(require.resolve("${name}"))`;
    return isBeside ? code.replaceAll('__dirname', place) : null;
  },
};

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, `${dist}/${name}.js`])),
  platform: 'node',
  // it is a library
  external: ['koffi'],
  plugins: [ownPlace, theirPlace],
  // typebox is functions that are called or not, and does not say so itself
  treeshake: { moduleSideEffects: [{ test: /\/typebox\//, sideEffects: false }] },
});
const { output } = await bundle.write({
  dir: bundled,
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
});
await bundle.close();
for (const { fileName, code, isEntry, name, exports } of output) {
  // of one byte a letter it is read faster, and kept in half the memory
  writeFileSync(`${bundled}/${fileName}`, code.replaceAll(/[^\0-\x7f]/g, escaped));
  if (!isEntry) continue;
  const from = relative(dirname(`${dist}/${name}`), `${dist}/bundled.js`);
  writeFileSync(
    `${dist}/${name}.js`,
    `import { loadBundled } from '${from}';\n` +
      `export const { ${exports.join(', ')} } = loadBundled('${name}');\n`,
  );
}
writeFileSync(`${bundled}/LICENSES.txt`, licenses(output.flatMap(({ moduleIds = [] }) => moduleIds)));

/** In a string, a template and a regular expression alike. */
function escaped(letter) {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The notices of the packages whose code it is. */
function licenses(modules) {
  const homes = modules.map((id) => packageOf(id)?.[0]);
  return [...new Set(homes.filter(Boolean))]
    .sort()
    .map((home) => {
      const { name, version, license } = JSON.parse(readFileSync(`${home}/package.json`, 'utf8'));
      const texts = readdirSync(home).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
      const said = texts.map((file) => readFileSync(`${home}/${file}`, 'utf8').trim());
      return [`${name} ${version} (${license})`, ...said].join('\n\n');
    })
    .join('\n\n----\n\n');
}
