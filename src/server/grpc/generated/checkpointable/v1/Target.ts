// Original file: proto/checkpointable/v1/readiness.proto


export interface Target {
  'pid'?: (number);
  'scope'?: (string);
  'fd'?: (number);
  '_fd'?: "fd";
}

export interface Target__Output {
  'pid': (number);
  'scope': (string);
  'fd'?: (number);
  '_fd'?: "fd";
}
