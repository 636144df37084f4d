import { containers } from './programs/containers.ts';
import { languages } from './programs/languages.ts';
import type { Program } from './programs/program.ts';
import { servers } from './programs/servers.ts';

export type { Program, Running } from './programs/program.ts';
export { runs } from './programs/program.ts';

/** Real programs and what CRIU answers to each. */
export const programs: readonly Program[] = [...servers, ...languages, ...containers];
