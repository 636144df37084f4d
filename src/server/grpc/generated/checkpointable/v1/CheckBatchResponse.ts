// Original file: proto/checkpointable/v1/readiness.proto

import type { BatchResult as _checkpointable_v1_BatchResult, BatchResult__Output as _checkpointable_v1_BatchResult__Output } from '../../checkpointable/v1/BatchResult.ts';

export interface CheckBatchResponse {
  'results'?: (_checkpointable_v1_BatchResult)[];
}

export interface CheckBatchResponse__Output {
  'results': (_checkpointable_v1_BatchResult__Output)[];
}
