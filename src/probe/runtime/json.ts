/** JSON of unknown shape: what is not of the type that was asked for is as if it were not there. */
export interface Json {
  readonly raw: unknown;
  get(name: string): Json;
  text(): string | undefined;
  /** A whole number that JavaScript can hold. */
  whole(): number | undefined;
  items(): readonly Json[];
  texts(): readonly string[];
  entries(): readonly (readonly [string, Json])[];
}

/** Undefined where it is no JSON, or no object. */
export function parseJson(text: string): Json | undefined {
  try {
    const raw: unknown = JSON.parse(text);
    return isObject(raw) ? json(raw) : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (raw: unknown): raw is Record<string, unknown> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

function json(raw: unknown): Json {
  return {
    raw,
    get: (name) => json(isObject(raw) && Object.hasOwn(raw, name) ? raw[name] : undefined),
    text: () => (typeof raw === 'string' ? raw : undefined),
    whole: () => (Number.isSafeInteger(raw) ? (raw as number) : undefined),
    items: () => (Array.isArray(raw) ? raw.map(json) : []),
    texts: () => (Array.isArray(raw) ? raw.filter((item): item is string => typeof item === 'string') : []),
    entries: () => (isObject(raw) ? Object.entries(raw).map(([name, value]) => [name, json(value)]) : []),
  };
}
