import { defineKind } from '../kind.ts';

/** An anonymous pipe (fs/pipe.c). O_DIRECT on it means packet mode. */
export const pipe = defineKind({
  name: 'pipe',
  claim: { link: 'pipe' },
  facts: {
    packetMode: 'boolean',
    autofsPipe: 'boolean',
    otherEndInTree: 'boolean',
    readByAnother: 'boolean',
  },
  openNeed: () => 'flags',
  fop: 'pipefifo_fops',
  read: ({ facts }) => ({
    packetMode: Array.isArray(facts.flags) ? facts.flags.includes('O_DIRECT') : null,
  }),
});
