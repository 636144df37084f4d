import type { Native, NetworkLink } from './native.ts';
import type { Dump } from './netlink.ts';
import { decodeAttributes, decodeText, encodeAttribute } from './netlink-codec.ts';

/** include/uapi/linux/rtnetlink.h, if_link.h */
const NETLINK_ROUTE = 0;
const RTM_GETLINK = 18;
const IFINFOMSG_BYTES = 16;
const IFLA_IFNAME = 3;
const IFLA_LINKINFO = 18;
const IFLA_INFO_KIND = 1;
const IFLA_EXT_MASK = 29;
const RTEXT_FILTER_SKIP_STATS = 8;

export function linkCalls(dump: Dump): Pick<Native, 'links'> {
  return {
    links: (netNs) => dump({ netNs, protocol: NETLINK_ROUTE, type: RTM_GETLINK, body: request }, decodeLink),
  };
}

/** struct ifinfomsg of AF_UNSPEC: every device. */
const request = Buffer.concat([
  Buffer.alloc(IFINFOMSG_BYTES),
  encodeAttribute(IFLA_EXT_MASK, Buffer.from([RTEXT_FILTER_SKIP_STATS, 0, 0, 0])),
]);

/** struct ifinfomsg. */
export function decodeLink(body: Buffer): NetworkLink | undefined {
  if (body.length < IFINFOMSG_BYTES) return undefined;
  const attributes = decodeAttributes(body.subarray(IFINFOMSG_BYTES));
  const info = attributes.get(IFLA_LINKINFO);
  const kind = info === undefined ? undefined : decodeAttributes(info).get(IFLA_INFO_KIND);
  return {
    index: body.readInt32LE(4),
    name: decodeText(attributes.get(IFLA_IFNAME) ?? Buffer.alloc(0)),
    kind: kind === undefined ? '' : decodeText(kind),
    hasKind: kind !== undefined,
    type: body.readUInt16LE(2),
  };
}
