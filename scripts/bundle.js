// A start is mostly loading modules: what the programs import, some 900 files, is put into a few, over what tsc made of
// their entries. All other modules stay as they are, for those who import one.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const dist = resolve('dist');
const folder = 'bundled';
rmSync(`${dist}/${folder}`, { recursive: true, force: true });

/** A module looks for the files beside it, wherever its code is put: first marked, then told from there. */
const ownPlace = {
  name: 'own-place',
  transform: (code, id) =>
    id.startsWith(`${dist}/`) && code.includes('import.meta.url')
      ? code.replaceAll('import.meta.url', `__ownPlace("${relative(dist, id)}")`)
      : null,
  renderChunk: (code, { fileName }) =>
    code.replaceAll(/__ownPlace\("([^"]+)"\)/g, (_, path) => {
      const here = relative(dirname(fileName), path);
      return `new URL("${here.startsWith('.') ? here : `./${here}`}", import.meta.url).href`;
    }),
};

const bundle = await rolldown({
  input: Object.fromEntries(
    ['main', 'server/engine-child', 'probe/native/ahead-thread'].map((name) => [name, `${dist}/${name}.js`]),
  ),
  platform: 'node',
  // they look for files of their own: a library, .proto files
  external: ['koffi', /^@grpc\//, 'grpc-health-check'],
  plugins: [ownPlace],
  // typebox is functions that are called or not, and does not say so itself
  treeshake: { moduleSideEffects: [{ test: /\/typebox\//, sideEffects: false }] },
});
const { output } = await bundle.write({
  dir: dist,
  entryFileNames: '[name].js',
  chunkFileNames: `${folder}/[name]-[hash].js`,
});
await bundle.close();
writeFileSync(`${dist}/${folder}/LICENSES.txt`, licenses(output.flatMap(({ moduleIds = [] }) => moduleIds)));

/** The notices of the packages whose code it is. */
function licenses(modules) {
  const homes = modules.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]);
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
