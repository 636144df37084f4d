import { dumps, lifted, refused, restores, type Situation } from './situation.ts';

const unsupported = (name: string, row: string, major: number, minor = '\\d+'): Situation =>
  refused(name, row, new RegExp(`Can't dump file 57 .*\\(chr ${major}:${minor}\\)`));

/** Character and block devices that are no terminals: rows B*. */
export const deviceSituations: readonly Situation[] = [
  restores('devices-of-major-1', 'B1'),
  restores('device-null-unlinked', 'B1 E2'),
  restores('device-null-o-path', 'B9'),
  { ...lifted('device-null-covered', 'B11 E9', /Unaccessible path/, 'evasive-devices'), restore: 'ok' },
  restores('device-autofs', 'B2'),
  refused('tun', 'B3', /Net namespace is required/),
  refused('tun-unattached', 'B3', /Net namespace is required/),
  dumps('tun-own-netns', 'B3'),
  refused('tap-with-filter', 'B4', /filter on-board/),
  dumps('tun-of-criu-netns', 'B5'),
  refused('tun-of-outside-netns', 'B5', /external network namespace/),
  unsupported('device-kvm', 'B6', 10, '232'),
  unsupported('device-fuse', 'B6', 10, '229'),
  unsupported('device-vsock', 'B6', 10),
  unsupported('device-userfaultfd', 'B6', 10),
  unsupported('device-hwrng', 'B6', 10, '183'),
  unsupported('device-loop-control', 'B6', 10, '237'),
  unsupported('device-btrfs-control', 'B6', 10, '234'),
  unsupported('device-vga-arbiter', 'B6', 10),
  unsupported('device-cpu-dma-latency', 'B6', 10),
  unsupported('device-vcs', 'B7', 7),
  unsupported('device-cpuid', 'B7', 203),
  { ...unsupported('device-msr', 'B7', 202), needs: 'the msr module' },
  refused('device-loop0', 'B8', /unknown \/dev\/loop0/),
  refused('device-loop0-o-path', 'B10', /unknown \/dev\/loop0/),
  unsupported('device-kvm-o-path', 'B10', 10, '232'),
  refused('device-tun-o-path', 'B10', /tun\.c/),
];
