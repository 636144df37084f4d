// Original file: proto/checkpointable/v1/readiness.proto

import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from '../../google/protobuf/Struct.ts';
import type { Watcher as _checkpointable_v1_Watcher, Watcher__Output as _checkpointable_v1_Watcher__Output } from '../../checkpointable/v1/Watcher.ts';
import type { Holder as _checkpointable_v1_Holder, Holder__Output as _checkpointable_v1_Holder__Output } from '../../checkpointable/v1/Holder.ts';

export interface File {
  'via'?: (string);
  'fd'?: (number);
  'kind'?: (string);
  'path'?: (string);
  'pathBase64'?: (string);
  'fop'?: (string);
  'outcome'?: (string);
  'facts'?: (_google_protobuf_Struct | null);
  'watchers'?: (_checkpointable_v1_Watcher)[];
  'sharedWith'?: (_checkpointable_v1_Holder)[];
  '_fd'?: "fd";
  '_pathBase64'?: "pathBase64";
}

export interface File__Output {
  'via': (string);
  'fd'?: (number);
  'kind': (string);
  'path': (string);
  'pathBase64'?: (string);
  'fop': (string);
  'outcome': (string);
  'facts': (_google_protobuf_Struct__Output | null);
  'watchers': (_checkpointable_v1_Watcher__Output)[];
  'sharedWith': (_checkpointable_v1_Holder__Output)[];
  '_fd'?: "fd";
  '_pathBase64'?: "pathBase64";
}
