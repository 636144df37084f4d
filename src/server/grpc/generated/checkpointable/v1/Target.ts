// Original file: proto/checkpointable/v1/readiness.proto

import type { PodName as _checkpointable_v1_PodName, PodName__Output as _checkpointable_v1_PodName__Output } from '../../checkpointable/v1/PodName.ts';

export interface Target {
  'pid'?: (number);
  'scope'?: (string);
  'fd'?: (number);
  'startTimeTicks'?: (string);
  'containerId'?: (string);
  'pod'?: (_checkpointable_v1_PodName | null);
  'cgroupPath'?: (string);
  'node'?: (boolean);
  '_fd'?: "fd";
}

export interface Target__Output {
  'pid': (number);
  'scope': (string);
  'fd'?: (number);
  'startTimeTicks': (string);
  'containerId': (string);
  'pod': (_checkpointable_v1_PodName__Output | null);
  'cgroupPath': (string);
  'node': (boolean);
  '_fd'?: "fd";
}
