import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeName, type Loaded, loadBundled, loadedChannel } from '../src/bundled.ts';
import { remove, temporary } from './support/held.ts';

// else a text that this process has compiled before is not compiled at all
setFlagsFromString('--no-compilation-cache');

const files = {
  'commands/say.cjs': `
    const words = require("../words.cjs");
    exports.say = () => words.say(require("node:path").basename(__filename));
    exports.again = require("../words.cjs") === words;
    exports.place = require("node:path").basename(__dirname);
    exports.other = require.resolve("node:fs");`,
  // the letter of two bytes is written as the bundle does
  'words.cjs': 'let said = 0; exports.say = (name) => name + " \\u2014 " + ++said; // no more',
};

describe('an entry of the bundle', () => {
  let folder = '';
  let loaded: Loaded[] = [];
  const told = (one: unknown) => void loaded.push(one as Loaded);
  beforeEach(() => {
    folder = temporary();
    loaded = [];
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    subscribe(loadedChannel, told);
  });
  afterEach(() => {
    unsubscribe(loadedChannel, told);
    remove(folder);
  });

  const load = () => loadBundled('commands/say', folder);
  const keep = (change: (code: Buffer) => Buffer = (code) => code) => {
    for (const { script, codeFile } of loaded) {
      mkdirSync(dirname(codeFile), { recursive: true });
      writeFileSync(codeFile, change(script.createCachedData()));
    }
  };
  const works = () => {
    const { say, again, place, other } = load() as Record<'again' | 'place' | 'other', unknown> & {
      say: () => string;
    };
    expect(say()).toBe('say.cjs — 1');
    expect(say()).toBe('say.cjs — 2');
    expect({ again, place, other }).toEqual({ again: true, place: 'commands', other: 'node:fs' });
    return loaded.splice(0).map(({ script }) => script.cachedDataRejected);
  };

  it('has its parts, one each, and whatever node has', () => {
    expect(works()).toEqual([undefined, undefined]);
  });

  it('is compiled from the code that was kept of it', () => {
    load();
    keep();
    loaded = [];
    expect(works()).toEqual([false, false]);
  });

  it('is compiled anew where that is of another node, cut off, or of another text', () => {
    load();
    keep((code) => Buffer.concat([Buffer.from([1, 2, 3, 4]), code.subarray(4)]));
    loaded = [];
    expect(works()).toEqual([true, true]);
    load();
    keep((code) => code.subarray(0, 100));
    loaded = [];
    expect(works()).toEqual([true, true]);
    load();
    keep();
    loaded = [];
    writeFileSync(join(folder, 'words.cjs'), `${files['words.cjs']}, and one word`);
    expect(works()).toEqual([false, true]);
  });
});

it('code is kept for an entry under the flags it is run with', () => {
  expect(codeName('commands/serve', [])).toBe('commands_serve');
  expect(codeName('server/engine-child', ['--max-semi-space-size=4', '--import', './a b.js'])).toBe(
    'server_engine-child_--max-semi-space-size=4_--import_._a_b.js',
  );
});
