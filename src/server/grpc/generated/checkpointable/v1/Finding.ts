// Original file: proto/checkpointable/v1/readiness.proto

import type { FileRef as _checkpointable_v1_FileRef, FileRef__Output as _checkpointable_v1_FileRef__Output } from '../../checkpointable/v1/FileRef.ts';

export interface Finding {
  'outcome'?: (string);
  'phase'?: (string);
  'rule'?: (string);
  'reason'?: (string);
  'message'?: (string);
  'lift'?: (string)[];
  'effect'?: (string);
  'advice'?: (string);
  'source'?: (string);
  'line'?: (string);
  'pid'?: (number);
  'comm'?: (string);
  'file'?: (_checkpointable_v1_FileRef | null);
}

export interface Finding__Output {
  'outcome': (string);
  'phase': (string);
  'rule': (string);
  'reason': (string);
  'message': (string);
  'lift': (string)[];
  'effect': (string);
  'advice': (string);
  'source': (string);
  'line': (string);
  'pid': (number);
  'comm': (string);
  'file': (_checkpointable_v1_FileRef__Output | null);
}
