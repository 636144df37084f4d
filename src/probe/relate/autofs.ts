import type { ProcessDraft } from '../process.ts';
import type { Tree } from './tree.ts';

/**
 * Whether the automounter of an autofs mount is in the tree: the kernel asks the process that `pgrp=` names, and CRIU
 * wants the reading end of `pipe_ino=` open in that very process (autofs.c:217). After `relateMounts`, which adds them.
 */
export function relateAutofs({ processes }: Tree): void {
  for (const { files } of processes) {
    for (const { draft } of files) {
      if (draft.via !== 'mount' || draft.mount?.fsType !== 'autofs') continue;
      const options = new Map(draft.mount.superOptions.split(',').map(pair));
      const master = processes.find(({ pid }) => String(pid) === options.get('pgrp'));
      draft.facts.autofsServed = master !== undefined && reads(master, options.get('pipe_ino'));
    }
  }
}

const pair = (option: string): readonly [string, string] => {
  const [name = '', value = ''] = option.split('=');
  return [name, value];
};

const reads = ({ files }: ProcessDraft, inode: string | undefined): boolean =>
  files.some(
    ({ draft, kind }) =>
      kind.name === 'pipe' && draft.facts.inode === inode && draft.facts.accessMode !== 'write',
  );
