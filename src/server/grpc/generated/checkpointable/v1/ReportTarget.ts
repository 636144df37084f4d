// Original file: proto/checkpointable/v1/readiness.proto


export interface ReportTarget {
  'type'?: (string);
  'pid'?: (number);
  'startTimeTicks'?: (string);
  'comm'?: (string);
}

export interface ReportTarget__Output {
  'type': (string);
  'pid': (number);
  'startTimeTicks': (string);
  'comm': (string);
}
