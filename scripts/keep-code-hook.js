// Loaded into each program by `scripts/keep-code.js`: at SIGUSR2, or at its end, it writes down the code that V8 has made.
import { subscribe } from 'node:diagnostics_channel';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { loadedChannel } from '../dist/bundled.js';

const loaded = [];
subscribe(loadedChannel, (one) => loaded.push(one));

function write() {
  for (const { script, codeFile } of loaded) {
    mkdirSync(dirname(codeFile), { recursive: true });
    writeFileSync(`${codeFile}.new`, script.createCachedData());
    renameSync(`${codeFile}.new`, codeFile);
  }
}

// threads hear no signals
if (isMainThread) {
  process.on('SIGUSR2', () => {
    write();
    writeFileSync(`${process.env.KEEP_CODE_DONE}/${process.pid}`, '');
  });
  process.on('exit', write);
}
