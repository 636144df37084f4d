// Original file: proto/checkpointable/v1/readiness.proto

import type { Target as _checkpointable_v1_Target, Target__Output as _checkpointable_v1_Target__Output } from '../../checkpointable/v1/Target.ts';

export interface CheckRequest {
  'target'?: (_checkpointable_v1_Target | null);
  'policy'?: (string);
  'options'?: (string)[];
  'engineVersion'?: (string);
  'show'?: (string);
  'runtime'?: (string);
}

export interface CheckRequest__Output {
  'target': (_checkpointable_v1_Target__Output | null);
  'policy': (string);
  'options': (string)[];
  'engineVersion': (string);
  'show': (string);
  'runtime': (string);
}
