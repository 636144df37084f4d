// Original file: proto/checkpointable/v1/readiness.proto

import type { PolicyOption as _checkpointable_v1_PolicyOption, PolicyOption__Output as _checkpointable_v1_PolicyOption__Output } from '../../checkpointable/v1/PolicyOption.ts';

export interface Policy {
  'name'?: (string);
  'description'?: (string);
  'engine'?: (string);
  'engineVersion'?: (string);
  'options'?: (_checkpointable_v1_PolicyOption)[];
  'isDefault'?: (boolean);
}

export interface Policy__Output {
  'name': (string);
  'description': (string);
  'engine': (string);
  'engineVersion': (string);
  'options': (_checkpointable_v1_PolicyOption__Output)[];
  'isDefault': (boolean);
}
