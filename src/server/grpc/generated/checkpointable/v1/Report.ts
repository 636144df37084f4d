// Original file: proto/checkpointable/v1/readiness.proto

import type { ReportTarget as _checkpointable_v1_ReportTarget, ReportTarget__Output as _checkpointable_v1_ReportTarget__Output } from '../../checkpointable/v1/ReportTarget.ts';
import type { ReportPolicy as _checkpointable_v1_ReportPolicy, ReportPolicy__Output as _checkpointable_v1_ReportPolicy__Output } from '../../checkpointable/v1/ReportPolicy.ts';
import type { Options as _checkpointable_v1_Options, Options__Output as _checkpointable_v1_Options__Output } from '../../checkpointable/v1/Options.ts';
import type { Counts as _checkpointable_v1_Counts, Counts__Output as _checkpointable_v1_Counts__Output } from '../../checkpointable/v1/Counts.ts';
import type { Rejected as _checkpointable_v1_Rejected, Rejected__Output as _checkpointable_v1_Rejected__Output } from '../../checkpointable/v1/Rejected.ts';
import type { Finding as _checkpointable_v1_Finding, Finding__Output as _checkpointable_v1_Finding__Output } from '../../checkpointable/v1/Finding.ts';
import type { Process as _checkpointable_v1_Process, Process__Output as _checkpointable_v1_Process__Output } from '../../checkpointable/v1/Process.ts';
import type { Unread as _checkpointable_v1_Unread, Unread__Output as _checkpointable_v1_Unread__Output } from '../../checkpointable/v1/Unread.ts';
import type { Runtime as _checkpointable_v1_Runtime, Runtime__Output as _checkpointable_v1_Runtime__Output } from '../../checkpointable/v1/Runtime.ts';
import type { Report as _checkpointable_v1_Report, Report__Output as _checkpointable_v1_Report__Output } from '../../checkpointable/v1/Report.ts';

export interface Report {
  'target'?: (_checkpointable_v1_ReportTarget | null);
  'policy'?: (_checkpointable_v1_ReportPolicy | null);
  'verdict'?: (string);
  'reason'?: (string);
  'message'?: (string);
  'options'?: (_checkpointable_v1_Options | null);
  'counts'?: (_checkpointable_v1_Counts | null);
  'rejected'?: (_checkpointable_v1_Rejected)[];
  'findings'?: (_checkpointable_v1_Finding)[];
  'processes'?: (_checkpointable_v1_Process)[];
  'changedDuringCheck'?: (boolean);
  'unread'?: (_checkpointable_v1_Unread)[];
  'observedAt'?: (string);
  'durationMs'?: (number | string);
  'kernel'?: (string);
  'runtime'?: (_checkpointable_v1_Runtime | null);
  'parts'?: (_checkpointable_v1_Report)[];
  'notes'?: (string)[];
}

export interface Report__Output {
  'target': (_checkpointable_v1_ReportTarget__Output | null);
  'policy': (_checkpointable_v1_ReportPolicy__Output | null);
  'verdict': (string);
  'reason': (string);
  'message': (string);
  'options': (_checkpointable_v1_Options__Output | null);
  'counts': (_checkpointable_v1_Counts__Output | null);
  'rejected': (_checkpointable_v1_Rejected__Output)[];
  'findings': (_checkpointable_v1_Finding__Output)[];
  'processes': (_checkpointable_v1_Process__Output)[];
  'changedDuringCheck': (boolean);
  'unread': (_checkpointable_v1_Unread__Output)[];
  'observedAt': (string);
  'durationMs': (number);
  'kernel': (string);
  'runtime': (_checkpointable_v1_Runtime__Output | null);
  'parts': (_checkpointable_v1_Report__Output)[];
  'notes': (string)[];
}
