// Original file: proto/checkpointable/v1/readiness.proto

import type { OptionEffect as _checkpointable_v1_OptionEffect, OptionEffect__Output as _checkpointable_v1_OptionEffect__Output } from '../../checkpointable/v1/OptionEffect.ts';
import type { Placement as _checkpointable_v1_Placement, Placement__Output as _checkpointable_v1_Placement__Output } from '../../checkpointable/v1/Placement.ts';

export interface Options {
  'given'?: (string)[];
  'needed'?: (string)[];
  'sufficient'?: (boolean);
  'unrecognised'?: (string)[];
  'effects'?: (_checkpointable_v1_OptionEffect)[];
  'where'?: (_checkpointable_v1_Placement)[];
}

export interface Options__Output {
  'given': (string)[];
  'needed': (string)[];
  'sufficient': (boolean);
  'unrecognised': (string)[];
  'effects': (_checkpointable_v1_OptionEffect__Output)[];
  'where': (_checkpointable_v1_Placement__Output)[];
}
