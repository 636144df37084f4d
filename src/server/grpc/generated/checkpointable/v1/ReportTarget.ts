// Original file: proto/checkpointable/v1/readiness.proto

import type { Container as _checkpointable_v1_Container, Container__Output as _checkpointable_v1_Container__Output } from '../../checkpointable/v1/Container.ts';
import type { Pod as _checkpointable_v1_Pod, Pod__Output as _checkpointable_v1_Pod__Output } from '../../checkpointable/v1/Pod.ts';

export interface ReportTarget {
  'type'?: (string);
  'pid'?: (number);
  'startTimeTicks'?: (string);
  'comm'?: (string);
  'cgroup'?: (string);
  'container'?: (_checkpointable_v1_Container | null);
  'pod'?: (_checkpointable_v1_Pod | null);
  '_pid'?: "pid";
  '_startTimeTicks'?: "startTimeTicks";
  '_comm'?: "comm";
  '_cgroup'?: "cgroup";
}

export interface ReportTarget__Output {
  'type': (string);
  'pid'?: (number);
  'startTimeTicks'?: (string);
  'comm'?: (string);
  'cgroup'?: (string);
  'container': (_checkpointable_v1_Container__Output | null);
  'pod': (_checkpointable_v1_Pod__Output | null);
  '_pid'?: "pid";
  '_startTimeTicks'?: "startTimeTicks";
  '_comm'?: "comm";
  '_cgroup'?: "cgroup";
}
