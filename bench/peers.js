import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What others take for the same process; a tool that is not there is left out. */
export function peers(pid) {
  const tools = [
    ['lsfd', ['-p', String(pid)]],
    ['lsof', ['-n', '-P', '-w', '-p', String(pid)]],
  ]
    .filter(([command]) => there(command))
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

const there = (command) => {
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

/** The least that reading the open files of a process takes. */
function bareLoop(pid) {
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    readlinkSync(`/proc/${pid}/fd/${fd}`);
    readFileSync(`/proc/${pid}/fdinfo/${fd}`);
  }
}
