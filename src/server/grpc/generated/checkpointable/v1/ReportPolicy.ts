// Original file: proto/checkpointable/v1/readiness.proto


export interface ReportPolicy {
  'name'?: (string);
  'engine'?: (string);
  'engineVersion'?: (string);
  'versionSource'?: (string);
}

export interface ReportPolicy__Output {
  'name': (string);
  'engine': (string);
  'engineVersion': (string);
  'versionSource': (string);
}
