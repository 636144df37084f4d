// tsc copies no YAML: put the built-in policies beside the compiled code that reads them, and as they are when parsed.
import { chmodSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parsePolicy } from '../dist/policy/parse.js';
import { vocabulary } from '../dist/probe/kinds/index.js';
import { toCompiled } from '../dist/server/compiled-policy.js';

const builtin = 'dist/policy/builtin';
cpSync('src/policy/builtin', builtin, { recursive: true });
for (const name of readdirSync(builtin).filter((file) => file.endsWith('.yaml'))) {
  const text = readFileSync(`${builtin}/${name}`, 'utf8');
  const { policy, issues } = parsePolicy(text, vocabulary);
  // a start says what is wrong with it
  if (issues.length === 0) writeFileSync(...toCompiled(`${builtin}/${name}`, text, policy));
}
// nor HTML, CSS and the modules a browser loads
cpSync('src/server/page/site', 'dist/server/page/site', { recursive: true });
chmodSync('dist/main.js', 0o755);
