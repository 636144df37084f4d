// Original file: proto/checkpointable/v1/readiness.proto


export interface Heartbeat {
  'observedAt'?: (string);
}

export interface Heartbeat__Output {
  'observedAt': (string);
}
