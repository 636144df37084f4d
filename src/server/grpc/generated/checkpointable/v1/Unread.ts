// Original file: proto/checkpointable/v1/readiness.proto


export interface Unread {
  'pid'?: (number);
  'call'?: (string);
  'errno'?: (string);
  'facts'?: (string)[];
}

export interface Unread__Output {
  'pid': (number);
  'call': (string);
  'errno': (string);
  'facts': (string)[];
}
