// Original file: proto/checkpointable/v1/readiness.proto


export interface OptionEffect {
  'option'?: (string);
  'effect'?: (string);
}

export interface OptionEffect__Output {
  'option': (string);
  'effect': (string);
}
