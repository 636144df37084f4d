// Original file: proto/checkpointable/v1/readiness.proto


export interface Rejected {
  'kind'?: (string);
  'reason'?: (string);
  'files'?: (number);
}

export interface Rejected__Output {
  'kind': (string);
  'reason': (string);
  'files': (number);
}
