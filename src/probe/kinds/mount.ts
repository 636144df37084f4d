import { defineKind } from '../kind.ts';

/** A mount of a mount namespace of the target's own; proc(5): mountinfo. No file: it is judged with the files. */
export const mountKind = defineKind({
  name: 'mount',
  claim: { prefix: [] },
  facts: {
    mountPoint: 'string',
    mountRoot: 'string',
    mountsWhole: 'boolean',
    isRootMount: 'boolean',
    sameAsRootMount: 'boolean',
    hasProperRoot: 'boolean',
    inEngineMounts: 'boolean',
    masterOutside: 'boolean',
    oddName: 'boolean',
    terminalMaster: 'string',
    filled: 'boolean',
    autofsServed: 'boolean',
  },
  fop: '',
});
