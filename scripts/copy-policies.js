// tsc copies no YAML: put the built-in policies beside the compiled code that reads them.
import { chmodSync, cpSync } from 'node:fs';

cpSync('src/policy/builtin', 'dist/policy/builtin', { recursive: true });
// nor HTML, CSS and the modules a browser loads
cpSync('src/server/page/site', 'dist/server/page/site', { recursive: true });
chmodSync('dist/main.js', 0o755);
