// Original file: proto/checkpointable/v1/readiness.proto


export interface Watcher {
  'pid'?: (number);
  'fd'?: (number);
  'events'?: (string);
}

export interface Watcher__Output {
  'pid': (number);
  'fd': (number);
  'events': (string);
}
