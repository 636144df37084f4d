import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { median } from './stats.js';

/** What others take for the same process; a tool that is not there is left out. */
export function peers(pid) {
  const tools = [
    ['lsfd', ['-p', String(pid)]],
    ['lsof', ['-n', '-P', '-w', '-p', String(pid)]],
  ]
    .filter(([command]) => toolThere(command))
    .map(([command, args]) => ({
      what: `${command} ${args.join(' ')}`.replace(String(pid), 'PID'),
      run: runs(command, args),
      times: 20,
    }));
  return [
    ...tools,
    { what: 'a process that does nothing (true)', run: runs('true', []), times: 20 },
    { what: 'loop: readlink and fdinfo, in node', run: async () => bareLoop(pid), times: 100 },
  ];
}

export const toolThere = (command) => {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return error.code !== 'ENOENT';
  }
};

const runs = (command, args) => () =>
  new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 1 << 26 }, resolve);
  });

/** Median time of a whole run, and how many lines it printed. */
export async function timesOf(command, args, many) {
  const times = [];
  let lines = 0;
  for (let i = 0; i < many; i++) {
    const begun = performance.now();
    lines = await new Promise((resolve, reject) => {
      execFile(command, args, { maxBuffer: 1 << 30 }, (error, text) =>
        text === '' && error ? reject(error) : resolve(text.split('\n').length - 1),
      );
    });
    times.push(performance.now() - begun);
  }
  return { lines, ms: median(times) };
}

/** The least that reading the open files of a process takes. */
function bareLoop(pid) {
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    readlinkSync(`/proc/${pid}/fd/${fd}`);
    readFileSync(`/proc/${pid}/fdinfo/${fd}`);
  }
}
