// Original file: proto/checkpointable/v1/readiness.proto


export interface Placement {
  'runtime'?: (string);
  'put'?: (string);
}

export interface Placement__Output {
  'runtime': (string);
  'put': (string);
}
