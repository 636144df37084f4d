// Original file: proto/checkpointable/v1/readiness.proto


export interface Container {
  'id'?: (string);
  'name'?: (string);
  'runtime'?: (string);
  'role'?: (string);
  '_name'?: "name";
}

export interface Container__Output {
  'id': (string);
  'name'?: (string);
  'runtime': (string);
  'role': (string);
  '_name'?: "name";
}
