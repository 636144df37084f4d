import { defineKind } from '../kind.ts';

/** A network device of a network namespace of the target's own; rtnetlink(7). No file: it is judged with them. */
export const networkDevice = defineKind({
  name: 'network-device',
  claim: { prefix: [] },
  facts: { linkKind: 'string', linkName: 'string', linkType: 'number', netNamespaceInode: 'string' },
  fop: '',
});
