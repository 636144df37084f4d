// Original file: proto/checkpointable/v1/readiness.proto

import type { Policy as _checkpointable_v1_Policy, Policy__Output as _checkpointable_v1_Policy__Output } from '../../checkpointable/v1/Policy.ts';

export interface ListPoliciesResponse {
  'policies'?: (_checkpointable_v1_Policy)[];
}

export interface ListPoliciesResponse__Output {
  'policies': (_checkpointable_v1_Policy__Output)[];
}
