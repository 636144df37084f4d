// Original file: proto/checkpointable/v1/readiness.proto


export interface Error {
  'code'?: (string);
  'status'?: (number);
  'title'?: (string);
  'detail'?: (string);
}

export interface Error__Output {
  'code': (string);
  'status': (number);
  'title': (string);
  'detail': (string);
}
