// Original file: proto/checkpointable/v1/readiness.proto


export interface Counts {
  'processes'?: (number);
  'files'?: (number);
  'allowed'?: (number);
  'needsOption'?: (number);
  'refused'?: (number);
  'unknown'?: (number);
  'descriptions'?: (number);
}

export interface Counts__Output {
  'processes': (number);
  'files': (number);
  'allowed': (number);
  'needsOption': (number);
  'refused': (number);
  'unknown': (number);
  'descriptions': (number);
}
