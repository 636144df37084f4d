import { settings, variableOf } from '../config.ts';

const rows = Object.entries(settings).map(
  ([name, { default: value, help }]) =>
    `  --${name.padEnd(14)} ${help} (${value === '' ? 'none' : value}; ${variableOf(name)})`,
);

export const usage = `checkpointable: can this be checkpointed, and if not, which open file is in the way?

  checkpointable serve [setting ...]            run the agent: REST, gRPC, metrics
  checkpointable check TARGET [flag ...] [-- OPTION ...]
                                                judge once, without a daemon
  checkpointable policies [NAME] [setting ...]  what the policies say
  checkpointable config [setting ...]           the settings in force, as a file, with where each is from
  checkpointable version

TARGET of check:
  PID                    a process and its descendants
  container/ID           a container, by its id or the first 8 characters of it or more
  pod/NAMESPACE/NAME     a pod, or pod/UID
  cgroup/PATH            such as cgroup/system.slice/nginx.service
  node                   everything on this node

check:
  --process              the process alone, not its tree
  --uid UID              the pod must still be this one
  --runtime NAME         whose own options are given too: runc, crun, podman, containerd, cri-o, none (as detected)
  --policy NAME          which policy
  --engine-version V     which version of the engine, e.g. 4.2
  --all                  every file, not only those in the way
  --counts               how many are in the way, and of which kinds
  --json                 the whole report as JSON
  --policy-dir, --proc-root, --host-root, --kubelet, --pod-logs, --container-logs as below
  -- OPTION ...          options of criu dump, as on its command line: -- --tcp-established --file-locks
exit status: 0 ready, 1 not ready (or only with more options), 2 unknown or not there, 64 usage, 71 too few descriptors

settings (each also as an environment variable, and in the file of --config as "name: value"):
${rows.join('\n')}
`;
