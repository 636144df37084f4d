import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { joined, without } from '../../support/runc-bundle.ts';
import type { Situation } from './situation.ts';
import type { Stage } from './stage.ts';

const loopback = `import fcntl, socket, struct
control = socket.socket()
fcntl.ioctl(control, 0x8914, struct.pack('16sH14x', b'lo', 0x49))
control.close()
`;

/** A process of the host that accepts what comes. */
async function listener({ host, dir }: Stage, address: string): Promise<number> {
  const serve = `import socket
server = ${address}
open('${dir}/port', 'w').write(str(server.getsockname()[1]))
kept = []
print('ready', flush=True)
while True: kept.append(server.accept())`;
  await host('/usr/bin/python3', '-c', serve);
  return Number(readFileSync(join(dir, 'port'), 'utf8'));
}

/** Has to be there before the client. */
const hostSocket = (stage: Stage) =>
  stage.host(
    '/usr/bin/python3',
    '-c',
    `import socket
server = socket.socket(socket.AF_UNIX)
server.bind('${stage.dir}/docker.sock')
server.listen()
print('ready', flush=True)
kept = []
while True: kept.append(server.accept())`,
  );

export const sockets: readonly Situation[] = [
  {
    name: 'listening sockets',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        python: `import socket
tcp = socket.create_server(('', 8080))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(('', 8080))
unix = socket.socket(socket.AF_UNIX)
unix.bind('/tmp/socket')
unix.listen()
abstract = socket.socket(socket.AF_UNIX)
abstract.bind(b'\\0name')
abstract.listen()
pair = socket.socketpair()`,
      }),
  },
  {
    name: 'TCP connected to itself',
    verdict: 'ready-with-options',
    file: 4,
    reason: 'TcpEstablished',
    log: /Connected TCP socket/,
    container: ({ start }) =>
      start({
        capabilities: ['CAP_NET_ADMIN'],
        python: `${loopback}server = socket.create_server(('127.0.0.1', 8080))
client = socket.create_connection(('127.0.0.1', 8080))
accepted = server.accept()`,
      }),
  },
  {
    name: 'TCP connected to itself, not accepted',
    verdict: 'ready-with-options',
    reason: 'TcpInFlight',
    file: 3,
    log: /In-flight connection/,
    container: ({ start }) =>
      start({
        capabilities: ['CAP_NET_ADMIN'],
        python: `${loopback}server = socket.create_server(('127.0.0.1', 8080))
client = socket.create_connection(('127.0.0.1', 8080))`,
      }),
  },
  {
    name: 'TCP connected to the outside',
    verdict: 'ready-with-options',
    file: 3,
    reason: 'TcpEstablished',
    log: /Connected TCP socket/,
    container: async (stage) => {
      const port = await listener(stage, "socket.create_server(('127.0.0.1', 0))");
      return stage.start({
        namespaces: without('network'),
        python: `import socket\nclient = socket.create_connection(('127.0.0.1', ${port}))`,
      });
    },
  },
  {
    name: 'unix socket of the host, bound in',
    verdict: 'ready-with-options',
    reason: 'UnixPeerOutside',
    file: 3,
    log: /External socket is used/,
    container: async (stage) => {
      await hostSocket(stage);
      return stage.start({
        mounts: [{ destination: '/run', type: 'bind', source: stage.dir, options: ['rbind'] }],
        python: "import socket\nclient = socket.socket(socket.AF_UNIX)\nclient.connect('/run/docker.sock')",
      });
    },
  },
  {
    name: 'unix socket of the host, with host network',
    verdict: 'ready-with-options',
    reason: 'UnixPeerOutside',
    file: 3,
    log: /External socket is used/,
    container: async (stage) => {
      await hostSocket(stage);
      return stage.start({
        namespaces: without('network'),
        mounts: [{ destination: '/run', type: 'bind', source: stage.dir, options: ['rbind'] }],
        python: "import socket\nclient = socket.socket(socket.AF_UNIX)\nclient.connect('/run/docker.sock')",
      });
    },
  },
  {
    name: 'datagram to a host socket (syslog)',
    verdict: 'not-ready',
    reason: 'UnixPeerOutside',
    file: 3,
    log: /Unix socket \d+ without peer/,
    container: async (stage) => {
      const log = join(stage.dir, 'log');
      const serve = `import socket, time
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind('${log}')
print('ready', flush=True)
time.sleep(100000)`;
      await stage.host('/usr/bin/python3', '-c', serve);
      return stage.start({
        mounts: [{ destination: '/dev/log', type: 'bind', source: log, options: ['bind'] }],
        python:
          "import socket\nclient = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\nclient.connect('/dev/log')",
      });
    },
  },
  {
    name: 'datagram to a host socket, with host network',
    verdict: 'ready-with-options',
    reason: 'UnixPeerOutside',
    file: 3,
    log: /External socket is used/,
    container: async (stage) => {
      const log = join(stage.dir, 'log');
      const serve = `import socket, time
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind('${log}')
print('ready', flush=True)
time.sleep(100000)`;
      await stage.host('/usr/bin/python3', '-c', serve);
      return stage.start({
        namespaces: without('network'),
        mounts: [{ destination: '/dev/log', type: 'bind', source: log, options: ['bind'] }],
        python:
          "import socket\nclient = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\nclient.connect('/dev/log')",
      });
    },
  },
  {
    name: 'listening socket passed in from the host',
    verdict: 'not-ready',
    reason: 'ForeignNetNs',
    file: 3,
    log: /Socket state 10 obtained but expected 7/,
    container: async (stage) => stage.start({ stdio: [...ignored, await passed(stage)] }),
  },
  {
    name: 'listening socket passed in, with host network',
    verdict: 'ready',
    container: async (stage) =>
      stage.start({ namespaces: without('network'), stdio: [...ignored, await passed(stage)] }),
  },
  {
    name: 'TCP to another container of the pod',
    verdict: 'ready-with-options',
    reason: 'TcpEstablished',
    file: 3,
    log: /Connected TCP socket/,
    container: async ({ start }) => {
      const { pid } = await start({
        capabilities: ['CAP_NET_ADMIN'],
        python: `${loopback}server = socket.create_server(('127.0.0.1', 8080))`,
      });
      const python = "import socket\nclient = socket.create_connection(('127.0.0.1', 8080))";
      return start({ namespaces: joined(pid, 'network', 'ipc'), python });
    },
  },
  {
    name: 'unix socket to another container of the pod, not accepted',
    verdict: 'not-ready',
    reason: 'UnixPeerOutside',
    file: 3,
    onlyRestore: true,
    container: async ({ start }) => {
      const name = "socket.socket(socket.AF_UNIX)\nkept.bind(b'\\0name')\nkept.listen()";
      const { pid } = await start({ python: `import socket\nkept = ${name}` });
      const python = "import socket\nclient = socket.socket(socket.AF_UNIX)\nclient.connect(b'\\0name')";
      return start({ namespaces: joined(pid, 'network', 'ipc'), python });
    },
  },
  {
    name: 'sockets in the network of a pod',
    verdict: 'ready',
    container: async ({ start }) => {
      const { pid } = await start();
      const python = `import socket
tcp = socket.create_server(('', 8080))
netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)`;
      return start({ namespaces: joined(pid, 'network', 'ipc'), python });
    },
  },
  {
    name: 'tun device',
    verdict: 'ready',
    container: ({ start }) =>
      start({
        capabilities: ['CAP_NET_ADMIN'],
        linux: {
          devices: [{ path: '/dev/net/tun', type: 'c', major: 10, minor: 200, fileMode: 0o666 }],
          resources: { devices: [{ allow: true, access: 'rwm' }] },
        },
        python: `import fcntl, struct
tun = open('/dev/net/tun', 'r+b', buffering=0)
fcntl.ioctl(tun, 0x400454ca, struct.pack('16sH22x', b'tun0', 0x1001))`,
      }),
  },
];

const ignored = ['ignore', 'ignore', 'ignore'] as const;

/** The fd of a socket of the host's that listens. */
async function passed({ undo }: Stage): Promise<number> {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo(() => server.close());
  return (server as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;
}
