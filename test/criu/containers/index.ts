import { files } from './files.ts';
import { mounts } from './mounts.ts';
import { namespaces } from './namespaces.ts';
import { processes } from './processes.ts';
import type { Situation } from './situation.ts';
import { sockets } from './sockets.ts';

export const situations: readonly Situation[] = [
  ...namespaces,
  ...mounts,
  ...files,
  ...sockets,
  ...processes,
];
