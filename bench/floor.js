import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './stats.js';

/** What a readlink(2) of an fd took in C where the goals in milliseconds were set. */
const linkUsOfGoals = 1.8;

/** The bare calls in C, for every file of the node: `links` or `reads`. Undefined, with the reason printed, where there is no compiler. */
export function compileFloor(dir) {
  const source = fileURLToPath(new URL('./floor.c', import.meta.url));
  const program = join(dir, 'floor');
  try {
    execFileSync('cc', ['-O2', '-o', program, source], { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    console.log(`left out: the floor in C: ${error.code === 'ENOENT' ? 'no cc' : error.message}`);
    return undefined;
  }
  return (mode, runs) => {
    const told = Array.from({ length: runs }, () =>
      execFileSync(program, [mode], { encoding: 'utf8' }).split(' ').map(Number),
    );
    return { files: told[0][0], ms: median(told.map(([, us]) => us / 1000)) };
  };
}

/** How many times as long this machine takes for a system call as the one the goals in milliseconds were set on; 1 where it cannot be told. */
export function paceOf(dir) {
  const floor = compileFloor(dir);
  if (floor === undefined) return 1;
  const { files, ms } = floor('links', 5);
  const us = (ms * 1000) / files;
  const pace = us / linkUsOfGoals;
  console.log(
    `a readlink of an fd takes ${us.toFixed(1)} µs in C, ${linkUsOfGoals} where the goals were set: ${pace.toFixed(1)} times as long`,
  );
  return pace;
}
