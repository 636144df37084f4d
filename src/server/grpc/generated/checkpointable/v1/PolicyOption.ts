// Original file: proto/checkpointable/v1/readiness.proto


export interface PolicyOption {
  'name'?: (string);
  'effect'?: (string);
  'takes'?: (string);
  'alias'?: (string)[];
  'inert'?: (boolean);
}

export interface PolicyOption__Output {
  'name': (string);
  'effect': (string);
  'takes': (string);
  'alias': (string)[];
  'inert': (boolean);
}
