// Original file: proto/checkpointable/v1/readiness.proto

import type { Report as _checkpointable_v1_Report, Report__Output as _checkpointable_v1_Report__Output } from '../../checkpointable/v1/Report.ts';
import type { Heartbeat as _checkpointable_v1_Heartbeat, Heartbeat__Output as _checkpointable_v1_Heartbeat__Output } from '../../checkpointable/v1/Heartbeat.ts';
import type { Error as _checkpointable_v1_Error, Error__Output as _checkpointable_v1_Error__Output } from '../../checkpointable/v1/Error.ts';

export interface WatchEvent {
  'report'?: (_checkpointable_v1_Report | null);
  'heartbeat'?: (_checkpointable_v1_Heartbeat | null);
  'error'?: (_checkpointable_v1_Error | null);
  'event'?: "report"|"heartbeat"|"error";
}

export interface WatchEvent__Output {
  'report'?: (_checkpointable_v1_Report__Output | null);
  'heartbeat'?: (_checkpointable_v1_Heartbeat__Output | null);
  'error'?: (_checkpointable_v1_Error__Output | null);
  'event'?: "report"|"heartbeat"|"error";
}
