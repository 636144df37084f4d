// Original file: proto/checkpointable/v1/readiness.proto

import type { CheckRequest as _checkpointable_v1_CheckRequest, CheckRequest__Output as _checkpointable_v1_CheckRequest__Output } from '../../checkpointable/v1/CheckRequest.ts';

export interface WatchRequest {
  'check'?: (_checkpointable_v1_CheckRequest | null);
  'intervalSeconds'?: (number | string);
}

export interface WatchRequest__Output {
  'check': (_checkpointable_v1_CheckRequest__Output | null);
  'intervalSeconds': (number);
}
