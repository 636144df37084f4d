import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, launch, listens, type Program } from './program.ts';

const otherUser = {
  dump: 'refused',
  log: /Can't get rlimit/,
  liftFails: true,
  needs: 'no CAP_SYS_RESOURCE',
} as const;
const postgres = newest('/usr/lib/postgresql');

/** Servers on the loopback or on a unix socket. */
export const servers: readonly Program[] = [
  {
    name: 'nginx',
    packages: ['nginx-light'],
    binary: '/usr/sbin/nginx',
    dump: 'ok',
    restore: 'ok',
    start: (dir) => nginx(dir, 'root'),
  },
  {
    name: 'nginx-www-data',
    packages: ['nginx-light'],
    binary: '/usr/sbin/nginx',
    ...otherUser,
    start: (dir) => nginx(dir, 'www-data'),
  },
  {
    name: 'redis',
    packages: ['redis-server'],
    binary: '/usr/bin/redis-server',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const port = await freePort();
      return launch(dir, ['/usr/bin/redis-server', '--port', `${port}`, '--bind', '127.0.0.1'], () =>
        listens(port),
      );
    },
  },
  {
    name: 'postgresql',
    packages: ['postgresql'],
    binary: join(postgres, 'initdb'),
    ...otherUser,
    start: async (dir) => {
      const data = join(dir, 'data');
      const [uid, gid] = ['-u', '-g'].map((what) => Number(execFileSync('id', [what, 'postgres']))) as [
        number,
        number,
      ];
      chmodSync(dir, 0o755);
      mkdirSync(data);
      chownSync(data, uid, gid);
      const run = { uid, gid, cwd: data, stdio: 'ignore' } as const;
      execFileSync(join(postgres, 'initdb'), ['-D', data, '-A', 'trust', '--no-sync'], run);
      const options = `-c listen_addresses='' -c unix_socket_directories=${data}`;
      const as = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', 'sh', '-c'];
      const socket = join(data, '.s.PGSQL.5432');
      return launch(data, [...as, `exec ${join(postgres, 'postgres')} -D ${data} ${options}`], () =>
        existsSync(socket),
      );
    },
  },
  {
    name: 'memcached',
    packages: ['memcached'],
    binary: '/usr/bin/memcached',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const port = await freePort();
      const command = ['/usr/bin/memcached', '-u', 'root', '-l', '127.0.0.1', '-p', `${port}`];
      return launch(dir, command, () => listens(port));
    },
  },
  {
    name: 'dnsmasq',
    packages: ['dnsmasq-base'],
    binary: '/usr/sbin/dnsmasq',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const port = await freePort();
      const fixed = [
        '--keep-in-foreground',
        '--conf-file=/dev/null',
        '--user=root',
        '--group=root',
        '--no-resolv',
        '--bind-interfaces',
      ];
      const own = ['--listen-address=127.0.0.1', `--port=${port}`, `--pid-file=${join(dir, 'pid')}`];
      return launch(dir, ['/usr/sbin/dnsmasq', ...fixed, ...own], () => listens(port));
    },
  },
  {
    name: 'sshd',
    packages: ['openssh-server'],
    binary: '/usr/sbin/sshd',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const port = await freePort();
      const key = join(dir, 'key');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
      mkdirSync('/run/sshd', { recursive: true });
      const options = ['-o', 'ListenAddress=127.0.0.1', '-o', 'PidFile=none', '-p', `${port}`];
      return launch(dir, ['/usr/sbin/sshd', '-D', '-f', '/dev/null', '-h', key, ...options], () =>
        listens(port),
      );
    },
  },
  {
    name: 'dbus-daemon',
    packages: ['dbus'],
    binary: '/usr/bin/dbus-daemon',
    dump: 'ok',
    restore: 'ok',
    start: (dir) => {
      const socket = join(dir, 'bus');
      const command = [
        '/usr/bin/dbus-daemon',
        '--session',
        '--nofork',
        '--nopidfile',
        `--address=unix:path=${socket}`,
      ];
      return launch(dir, command, () => existsSync(socket));
    },
  },
  {
    name: 'lighttpd',
    packages: ['lighttpd'],
    binary: '/usr/sbin/lighttpd',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const port = await freePort();
      const conf = join(dir, 'conf');
      writeFileSync(conf, `server.document-root="${dir}"\nserver.bind="127.0.0.1"\nserver.port=${port}\n`);
      return launch(dir, ['/usr/sbin/lighttpd', '-D', '-f', conf], () => listens(port));
    },
  },
  {
    name: 'haproxy',
    packages: ['haproxy'],
    binary: '/usr/sbin/haproxy',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const port = await freePort();
      const conf = join(dir, 'conf');
      const limits = 'defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n';
      writeFileSync(conf, `global\n maxconn 100\n${limits}frontend f\n bind 127.0.0.1:${port}\n`);
      return launch(dir, ['/usr/sbin/haproxy', '-W', '-f', conf], () => listens(port));
    },
  },
  {
    name: 'mosquitto',
    packages: ['mosquitto'],
    binary: '/usr/sbin/mosquitto',
    dump: 'ok',
    restore: 'ok',
    start: async (dir) => {
      const port = await freePort();
      const conf = join(dir, 'conf');
      writeFileSync(conf, `user root\nlistener ${port} 127.0.0.1\n`);
      return launch(dir, ['/usr/sbin/mosquitto', '-c', conf], () => listens(port));
    },
  },
];

async function nginx(dir: string, user: string) {
  const port = await freePort();
  const conf = join(dir, 'conf');
  chmodSync(dir, 0o755);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${dir}/${kind};`,
  );
  const http = `http { access_log off; ${temp.join(' ')} server { listen 127.0.0.1:${port}; } }`;
  const global = `user ${user}; daemon off; pid ${dir}/pid; error_log ${dir}/error; worker_processes 2;`;
  writeFileSync(conf, `${global}\nevents { worker_connections 64; }\n${http}\n`);
  return launch(dir, ['/usr/sbin/nginx', '-c', conf, '-e', `${dir}/error`], () => listens(port));
}

function newest(folder: string): string {
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  return join(folder, versions.sort((a, b) => Number(b) - Number(a))[0] ?? 'none', 'bin');
}
