import { defineKind } from '../kind.ts';

/** A namespace file, namespaces(7): `net:[4026531840]`. */
export const namespace = defineKind({
  name: 'namespace',
  claim: { link: 'namespace' },
  facts: { namespaceType: 'string', namespaceInTree: 'boolean' },
  fop: 'ns_file_operations',
  read: ({ link }) => ({ namespaceType: link.form === 'namespace' ? link.type : null }),
});
