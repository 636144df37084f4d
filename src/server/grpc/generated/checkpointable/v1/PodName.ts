// Original file: proto/checkpointable/v1/readiness.proto


export interface PodName {
  'uid'?: (string);
  'namespace'?: (string);
  'name'?: (string);
}

export interface PodName__Output {
  'uid': (string);
  'namespace': (string);
  'name': (string);
}
