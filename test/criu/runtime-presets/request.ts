/** What a runtime asks CRIU for: criu_req of CRIU's images/rpc.proto, in the words of the policy's options. */

type Field = readonly [number: number, value: number | Buffer];

/** Protocol buffers' wire format: varints and bytes are all that these messages hold. */
function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n, byte = 0x80; (byte & 0x80) !== 0; shift += 7n) {
      byte = message.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
    }
    return Number(value);
  };
  while (at < message.length) {
    const tag = varint();
    const type = tag & 7;
    if (type !== 0 && type !== 2) throw new Error(`wire type ${type} at ${at}`);
    if (type === 0) yield [tag >>> 3, varint()];
    else {
      const length = varint();
      yield [tag >>> 3, message.subarray(at, at + length)];
      at += length;
    }
  }
}

const flagNames: Readonly<Record<number, string>> = {
  4: 'ext-unix-sk',
  5: 'tcp-established',
  6: 'evasive-devices',
  7: 'shell-job',
  8: 'file-locks',
  18: 'link-remap',
  21: 'force-irmap',
  28: 'external=mnt[]',
  29: 'external=mnt[]:s',
  30: 'external=mnt[]:m',
  46: 'skip-in-flight',
  50: 'orphan-pts-master',
  52: 'tcp-close',
};
const valueNames: Readonly<Record<number, string>> = {
  13: 'root',
  31: 'skip-mnt',
  32: 'enable-fs',
  35: 'ghost-limit',
  36: 'irmap-scan-path',
  37: 'external',
  44: 'freeze-cgroup',
};
/** Folders, log, pid, notifications and the like: they decide nothing. 24 and 34 are one. */
const indifferent = new Set([1, 2, 3, 9, 10, 12, 14, 15, 16, 17, 20, 24, 45, 47, 48, 49, 51]);
/** SOFT, DEFAULT (which is the same); IGNORE, which runc 1.1 leaves unset, and manage_cgroups alone is soft. */
const cgroupModes: Readonly<Record<number, string>> = {
  0: 'ignore',
  3: 'soft',
  4: 'full',
  5: 'strict',
  6: 'soft',
};
const newNet = 0x40000000;

/** The options of a dump request; undefined of any other. */
export function optionsIn(request: Buffer): readonly string[] | undefined {
  const fields = [...fieldsOf(request)];
  const dump = fields.some(([number, value]) => number === 1 && value === 1);
  const options = fields.find(([number]) => number === 2)?.[1];
  if (!dump || !Buffer.isBuffer(options)) return undefined;
  const all = [...fieldsOf(options)];
  const mode = all.find(([number]) => number === 34)?.[1] ?? 3;
  return [`manage-cgroups=${cgroupModes[Number(mode)]}`, ...all.flatMap(optionOf)];
}

function optionOf([number, value]: Field): readonly string[] {
  if (flagNames[number] !== undefined) return value === 1 ? [flagNames[number]] : [];
  if (valueNames[number] !== undefined) return [`${valueNames[number]}=${value}`];
  if (number === 23 && Buffer.isBuffer(value)) {
    const [key, name] = [...fieldsOf(value)].map(([, text]) => text.toString());
    return [`external=mnt[${key}]:${name}`];
  }
  if (number === 38) return value === newNet ? ['empty-ns=net'] : value === 0 ? [] : [`empty-ns=${value}`];
  return indifferent.has(number) || number === 34 ? [] : [`field ${number}: ${value}`];
}
