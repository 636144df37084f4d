// Original file: proto/checkpointable/v1/readiness.proto

import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from '../../google/protobuf/Struct.ts';
import type { File as _checkpointable_v1_File, File__Output as _checkpointable_v1_File__Output } from '../../checkpointable/v1/File.ts';

export interface Process {
  'pid'?: (number);
  'startTimeTicks'?: (string);
  'comm'?: (string);
  'outcome'?: (string);
  'facts'?: (_google_protobuf_Struct | null);
  'files'?: (_checkpointable_v1_File)[];
}

export interface Process__Output {
  'pid': (number);
  'startTimeTicks': (string);
  'comm': (string);
  'outcome': (string);
  'facts': (_google_protobuf_Struct__Output | null);
  'files': (_checkpointable_v1_File__Output)[];
}
