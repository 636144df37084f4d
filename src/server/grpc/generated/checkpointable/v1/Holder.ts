// Original file: proto/checkpointable/v1/readiness.proto


export interface Holder {
  'pid'?: (number);
  'fd'?: (number);
}

export interface Holder__Output {
  'pid': (number);
  'fd': (number);
}
