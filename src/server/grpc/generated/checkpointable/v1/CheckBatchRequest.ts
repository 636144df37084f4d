// Original file: proto/checkpointable/v1/readiness.proto

import type { CheckRequest as _checkpointable_v1_CheckRequest, CheckRequest__Output as _checkpointable_v1_CheckRequest__Output } from '../../checkpointable/v1/CheckRequest.ts';

export interface CheckBatchRequest {
  'requests'?: (_checkpointable_v1_CheckRequest)[];
}

export interface CheckBatchRequest__Output {
  'requests': (_checkpointable_v1_CheckRequest__Output)[];
}
