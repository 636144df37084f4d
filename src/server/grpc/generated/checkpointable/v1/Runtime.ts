// Original file: proto/checkpointable/v1/readiness.proto


export interface Runtime {
  'name'?: (string);
  'source'?: (string);
  'options'?: (string)[];
}

export interface Runtime__Output {
  'name': (string);
  'source': (string);
  'options': (string)[];
}
