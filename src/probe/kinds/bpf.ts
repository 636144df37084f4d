import { defineKind } from '../kind.ts';
import { fdinfoNumber } from './fdinfo-facts.ts';

const operations: Readonly<Record<string, string>> = {
  'bpf-map': 'bpf_map_fops',
  'bpf-prog': 'bpf_prog_fops',
  bpf_link: 'bpf_link_fops',
  'bpf-link': 'bpf_link_fops',
  btf: 'btf_fops',
  bpf_iter: 'bpf_iter_fops',
};

/** A bpf object, bpf(2): map, program, link, BTF, iterator, token (kernel/bpf/syscall.c). */
export const bpf = defineKind({
  name: 'bpf',
  claim: { anon: [...Object.keys(operations), 'bpf-token'] },
  facts: { bpfObject: 'string', bpfMapType: 'number', bpfMapFlags: 'number' },
  fop: ({ link }) => operations[link.form === 'anon' ? link.name : ''] ?? 'bpf_fops',
  read: (draft) => {
    const object = draft.link.form === 'anon' ? draft.link.name : 'bpf';
    if (object !== 'bpf-map') return { bpfObject: object };
    return {
      bpfObject: object,
      bpfMapType: fdinfoNumber(draft, 'map_type') ?? null,
      bpfMapFlags: fdinfoNumber(draft, 'map_flags', 16) ?? null,
    };
  },
});
