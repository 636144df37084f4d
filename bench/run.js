// What the agent takes, in ratios against its peers in the same run:   npm run build && npm run bench [PART ...]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchCheck } from './check.js';
import { benchGrowth } from './growth.js';
import { benchLoad } from './load.js';
import { benchNode } from './node.js';
import { describeMachine } from './print.js';

const parts = { check: benchCheck, node: benchNode, load: benchLoad, growth: benchGrowth };
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`bench: expected ${Object.keys(parts).join(', ')}, got ${unknown.join(', ')}`);
  process.exit(64);
}

const dir = mkdtempSync(join(tmpdir(), 'checkpointable-bench-'));
const started = [];
/** What is started is stopped, the last first. */
const keep = (one) => {
  started.push(one);
  return one;
};
const stopAll = async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
};
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await stopAll();
    rmSync(dir, { recursive: true, force: true });
    process.exit(1);
  });
}

console.log(describeMachine());
try {
  for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
    console.log(`\n== ${name}`);
    await parts[name]({ dir, keep, stopAll });
    await stopAll();
  }
} finally {
  await stopAll();
  rmSync(dir, { recursive: true, force: true });
}
