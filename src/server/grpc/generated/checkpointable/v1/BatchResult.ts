// Original file: proto/checkpointable/v1/readiness.proto

import type { Report as _checkpointable_v1_Report, Report__Output as _checkpointable_v1_Report__Output } from '../../checkpointable/v1/Report.ts';
import type { Error as _checkpointable_v1_Error, Error__Output as _checkpointable_v1_Error__Output } from '../../checkpointable/v1/Error.ts';

export interface BatchResult {
  'report'?: (_checkpointable_v1_Report | null);
  'error'?: (_checkpointable_v1_Error | null);
  'result'?: "report"|"error";
}

export interface BatchResult__Output {
  'report'?: (_checkpointable_v1_Report__Output | null);
  'error'?: (_checkpointable_v1_Error__Output | null);
  'result'?: "report"|"error";
}
