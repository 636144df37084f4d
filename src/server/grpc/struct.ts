import type { FactValue } from '../../facts.ts';
import type { Struct } from './generated/google/protobuf/Struct.ts';
import type { Value } from './generated/google/protobuf/Value.ts';

/** Facts as google.protobuf.Struct: proto-loader has no JSON form of the well-known types. */
export function toStruct(facts: Readonly<Record<string, FactValue>>): Struct {
  return { fields: Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, toValue(value)])) };
}

function toValue(value: FactValue): Value {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'number':
      return { numberValue: value };
    case 'boolean':
      return { boolValue: value };
    default:
      return { listValue: { values: value.map(toValue) } };
  }
}
