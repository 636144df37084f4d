// Original file: proto/checkpointable/v1/readiness.proto


export interface Pod {
  'uid'?: (string);
  'namespace'?: (string);
  'name'?: (string);
  '_namespace'?: "namespace";
  '_name'?: "name";
}

export interface Pod__Output {
  'uid': (string);
  'namespace'?: (string);
  'name'?: (string);
  '_namespace'?: "namespace";
  '_name'?: "name";
}
