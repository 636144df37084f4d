import { dumps, dumpsInVain, lifted, refused, restores, type Situation } from './situation.ts';

const tooLarge = /ghost file.*of \d+ size, increase limit/;
const unknownMap = /Can't open \d+'s mapfile link/;

/** Mappings and memfds: rows H* and I*. */
export const mapSituations: readonly Situation[] = [
  restores('map-file', 'H1'),
  restores('map-file-deleted', 'H1 E2'),
  lifted('map-file-deleted-2-mib', 'H1 E3', tooLarge, 'ghost-limit=3M'),
  lifted('map-file-deleted-other-link', 'H1 E4', /Can't create link remap/, 'link-remap'),
  lifted('map-file-covered', 'H1 E9', /Unaccessible path/, 'external=file[{key}]'),
  lifted('map-file-of-outside-mount-namespace', 'H1 E12', /Can't lookup mount/, 'external=file[{key}]'),
  restores('map-shared-anonymous', 'H2'),
  restores('map-dev-zero', 'H2 H3'),
  restores('map-memfd', 'H2 I1'),
  refused('map-block-device', 'H4', /Can't handle non-regular mapping/),
  refused('map-io-uring', 'H5', unknownMap),
  refused('map-perf-event', 'H5', unknownMap),
  refused('map-bpf-map', 'H5', unknownMap),
  refused('map-memfd-secret', 'H6', unknownMap),
  restores('map-aio-ring', 'H7'),
  refused('map-kernel-btf', 'H8', /Unsupported mapping/),
  { ...dumps('map-pci-resource', 'H9'), needs: 'a PCI device whose resource0 may be mapped' },
  refused('map-sysv', 'H10', /doesn't live in IPC ns/),
  restores('map-sysv-own-ipcns', 'H10'),
  restores('map-packet-ring', 'H11'),
  refused('map-packet-ring-closed', 'H12', /[Mm]map.*socket/),
  refused('map-tcp', 'H13', /BUG/),
  restores('map-huge-anonymous', 'H14'),
  restores('memfd-huge', 'I3 H14'),
  refused('memfd-huge-larger-than-free', 'H15', /Can't mmap shmem|Cannot allocate memory/),
  restores('hugetlbfs-file', 'H16 E1'),
  {
    ...lifted('hugetlbfs-file-deleted', 'E15', /Can't send ghost to image/, 'external=file[{key}]'),
    options: ['ghost-limit=3M'],
  },
  lifted('uprobe', 'H17', /uprobes vma/, 'allow-uprobes'),
  restores('map-guard-region', 'H18'),
  restores('map-wipe-on-fork', 'H18'),
  restores('map-droppable', 'H18'),
  restores('map-locked', 'H18'),

  restores('memfd', 'I1'),
  restores('memfd-sealed', 'I1'),
  restores('memfd-2-mib', 'I1'),
  restores('memfd-reopened', 'I1'),
  dumpsInVain('memfd-o-path', 'I2'),
  restores('shmem-by-map-files', 'I4'),
];
