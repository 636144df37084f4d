import type { CgroupIdentity } from '../../../src/probe/targets/cgroup-path.ts';

/** A line of /proc/PID/cgroup (its path), who showed it, and whose processes are there. */
export interface CgroupLineCase {
  readonly source: string;
  readonly path: string;
  readonly is: Partial<CgroupIdentity> | undefined;
}

const row = (source: string, path: string, is: Partial<CgroupIdentity> | undefined): CgroupLineCase => ({
  source,
  path,
  is,
});
const container = (runtime: string, containerId: string, more: Partial<CgroupIdentity> = {}) =>
  ({ type: 'container', runtime, containerId, ...more }) as const;
const monitor = (runtime: string, containerId: string, more: Partial<CgroupIdentity> = {}) =>
  ({ type: 'monitor', runtime, containerId, ...more }) as const;
const unit = (name: string, cgroup: string) => ({ type: 'unit', driver: 'systemd', name, cgroup }) as const;
const group = (name: string) => ({ type: 'group', name }) as const;

/** For lines whose author wrote `<id>`. */
const id = '0f3deade416514b65143bdb917f86c290bf21b176d70d8ad8c4992469fdb28e6';

/**
 * Collected from the issues of the runtimes and of those who parse their cgroups; `owner/repo#number` is on github.com.
 * Marked `form`: the source shows the form, and names or ids in it are filled in.
 */
export const cgroupLines: readonly CgroupLineCase[] = [
  // Kubernetes, systemd driver
  row(
    'netdata/netdata#4868',
    '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod55c6c714_b240_4dec_9a45_57b61696ab6e.slice/cri-containerd-2032491dcae31e6746f47daa0ac74564f2843a1bd847c5e6c4eb501ca132ac36.scope',
    container('containerd', '2032491dcae31e6746f47daa0ac74564f2843a1bd847c5e6c4eb501ca132ac36', {
      podUid: '55c6c714-b240-4dec-9a45-57b61696ab6e',
      qos: 'burstable',
      driver: 'systemd',
    }),
  ),
  row(
    'netdata/netdata#4868 (static pod)',
    '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod8daa50c3a64c9ff60bb9eab7b44b56fd.slice/cri-containerd-2884d57c0e100d7a9a2f9487ce0bc2986bca3430e988af7a4865aff061f51ac5.scope',
    container('containerd', '2884d57c0e100d7a9a2f9487ce0bc2986bca3430e988af7a4865aff061f51ac5', {
      podUid: '8daa50c3a64c9ff60bb9eab7b44b56fd',
    }),
  ),
  row(
    'kontena/pharos-cluster#440',
    '/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod9692aa0e_748e_11e8_8dfa_76d458035df6.slice/docker-abddff03dfd7710c79a750ce3e730365cbb2c8247a974170c1062683bc3e9152.scope',
    container('docker', 'abddff03dfd7710c79a750ce3e730365cbb2c8247a974170c1062683bc3e9152', {
      qos: 'besteffort',
    }),
  ),
  row(
    'opencontainers/runc#4620',
    '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-poda5c1f8d5_1919_434d_add7_4afaafdaef89.slice/crio-5eed917563583925ffdbd40a64efb2aaffe58638e57add8becaf460fe74f5b1c.scope',
    container('cri-o', '5eed917563583925ffdbd40a64efb2aaffe58638e57add8becaf460fe74f5b1c', {
      podUid: 'a5c1f8d5-1919-434d-add7-4afaafdaef89',
    }),
  ),
  row(
    'opencontainers/runc#4620 (conmon)',
    '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod207aaad1_659f_4db8_88e0_46e0cdcc3004.slice/crio-conmon-32da98c8522068be05a7510a3eddb09cad6ed2f03286180d0e931d0d0b6224a6.scope',
    monitor('cri-o', '32da98c8522068be05a7510a3eddb09cad6ed2f03286180d0e931d0d0b6224a6', {
      qos: 'burstable',
    }),
  ),
  row(
    'openshift/microshift#697',
    '/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podc8bad552_5c99_4d4f_b71c_c426c0cde014.slice/crio-15b6e0c6490cad17fcf69eb837794349b4df96f84ba96c6be9828fe281c055a9.scope',
    container('cri-o', '15b6e0c6490cad17fcf69eb837794349b4df96f84ba96c6be9828fe281c055a9'),
  ),
  row(
    'openshift/microshift#697 (conmon)',
    '/system.slice/crio-conmon-e0c85fe7644a858988d9687c2e0736a7d31922740d0f3e001c6b2e0aa7e5f528.scope',
    monitor('cri-o', 'e0c85fe7644a858988d9687c2e0736a7d31922740d0f3e001c6b2e0aa7e5f528'),
  ),
  row(
    'containerd/cri#290',
    '/system.slice/system-getty.slice/cri-containerd-0e768f8db752fcd648adb264498daa1d8f31562320e881d6a9ec593d24b1f779.scope',
    container('containerd', '0e768f8db752fcd648adb264498daa1d8f31562320e881d6a9ec593d24b1f779'),
  ),
  row(
    'spiffe/spire#949',
    '/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podc68f332c_8897_11e9_9797_525400c9c704.slice/docker-ab704ba978feea085662fd58c3448624de9287dd50c7d01608b27b08f96c8725.scope',
    container('docker', 'ab704ba978feea085662fd58c3448624de9287dd50c7d01608b27b08f96c8725'),
  ),
  row(
    'spiffe/spire#3183',
    '/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod169fbc47_41d0_4df5_be62_6b231010b6c4.slice/docker-bbf76635888294204963d9e32e4fae57dcbf8eddb7adeecbd55672cd5fbc2249.scope',
    container('docker', 'bbf76635888294204963d9e32e4fae57dcbf8eddb7adeecbd55672cd5fbc2249'),
  ),
  row(
    'neuvector/neuvector share/system/cgroup_test.go (Bottlerocket)',
    '/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-poddd1bf9d1_241d_47f5_8e25_12de83135812.slice/cri-containerd-f45298cd514d1930c4fe3afc4412e59547f7e3148fddd22ca33cefce046eb830.scope',
    container('containerd', 'f45298cd514d1930c4fe3afc4412e59547f7e3148fddd22ca33cefce046eb830'),
  ),
  row(
    'containerd/nri#227 (kind)',
    '/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod1e597579_417e_482f_bf65_5fe170c3aebd.slice/cri-containerd-d7dfb4a21fe1703a8537e60d5af248af729315d187b24a538102d14874c8117d.scope',
    container('containerd', 'd7dfb4a21fe1703a8537e60d5af248af729315d187b24a538102d14874c8117d', {
      podUid: '1e597579-417e-482f-bf65-5fe170c3aebd',
      qos: 'besteffort',
    }),
  ),
  row(
    'iovisor/kubectl-trace#207 (form: kind, guaranteed)',
    '/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod18640755_cc12_4557_b96e_0f74d5b44d1d.slice/cri-containerd-66221e7d988e193822a3e8368b61ad9aeabf6b5276df76daebb7ea33bccc0b87.scope',
    container('containerd', '66221e7d988e193822a3e8368b61ad9aeabf6b5276df76daebb7ea33bccc0b87', {
      qos: 'guaranteed',
    }),
  ),
  row(
    'iovisor/kubectl-trace#207',
    '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod40934a46_d409_4f4a_bb8b_1ec0b0436320.slice/cri-containerd-afc114c69e71f18166abd63715398d7daa763c69a6454f71157272ab0bdca783.scope',
    container('containerd', 'afc114c69e71f18166abd63715398d7daa763c69a6454f71157272ab0bdca783'),
  ),
  row(
    'inspektor-gadget/inspektor-gadget#3085 (form: cgroup namespace of the reader)',
    `/../../../kubepods-burstable.slice/kubepods-burstable-podece3579b_3053_4b1a_9c3e_5f2d7a1b0c4d.slice/cri-containerd-${id}.scope`,
    container('containerd', id, {
      podUid: 'ece3579b-3053-4b1a-9c3e-5f2d7a1b0c4d',
      cgroup: `/../../../kubepods-burstable.slice/kubepods-burstable-podece3579b_3053_4b1a_9c3e_5f2d7a1b0c4d.slice/cri-containerd-${id}.scope`,
    }),
  ),
  // systemd's form given to a runtime that makes folders
  row(
    'open-telemetry/opentelemetry-java#4507',
    '/kubepods-besteffort-pod0125ec2f_b64a_4868_8f5b_94b56cbab864.slice:cri-containerd:ee4b20e90ac7f42a10bd004d05646b13d8ab5e2c5e7cbc01abf8006bac016459',
    container('containerd', 'ee4b20e90ac7f42a10bd004d05646b13d8ab5e2c5e7cbc01abf8006bac016459', {
      podUid: '0125ec2f-b64a-4868-8f5b-94b56cbab864',
      qos: 'besteffort',
      driver: 'cgroupfs',
    }),
  ),
  row(
    'open-telemetry/opentelemetry-java#4507 (blkio)',
    '/system.slice/containerd.service/kubepods-besteffort-pod0125ec2f_b64a_4868_8f5b_94b56cbab864.slice:cri-containerd:ee4b20e90ac7f42a10bd004d05646b13d8ab5e2c5e7cbc01abf8006bac016459',
    container('containerd', 'ee4b20e90ac7f42a10bd004d05646b13d8ab5e2c5e7cbc01abf8006bac016459'),
  ),
  row(
    'spiffe/spire#1580',
    '/kubepods-besteffort-pod72f7f152_440c_66ac_9084_e0fc1d8a910c.slice:cri-containerd:b2a102854b4969b2ce98dc329c86b4fb2b06e4ad2cc8da9d8a7578c9cd2004a2',
    container('containerd', 'b2a102854b4969b2ce98dc329c86b4fb2b06e4ad2cc8da9d8a7578c9cd2004a2'),
  ),
  row(
    'kubernetes/kubernetes#36807 (drivers differ)',
    '/system.slice/docker.service/BestEffort.slice/BestEffort-pod0d33f94b_ab1a_11e6_9e1a_68f7281d8004.slice/0c34bcd7d02f321d0df7aa6ea703285b02abebc9096c5128c14091fc43ea1f3b',
    container('unknown', '0c34bcd7d02f321d0df7aa6ea703285b02abebc9096c5128c14091fc43ea1f3b', {
      podUid: '0d33f94b-ab1a-11e6-9e1a-68f7281d8004',
      qos: 'besteffort',
      driver: 'cgroupfs',
    }),
  ),
  // Kubernetes, cgroupfs driver
  row(
    'spiffe/spire#949 (cgroupfs)',
    '/kubepods/burstable/pod2c48913c-b29f-11e7-9350-020968147796/9bca8d63d5fa610783847915bcff0ecac1273e5b4bed3f6fa1b07350e0135961',
    container('unknown', '9bca8d63d5fa610783847915bcff0ecac1273e5b4bed3f6fa1b07350e0135961', {
      podUid: '2c48913c-b29f-11e7-9350-020968147796',
      qos: 'burstable',
      driver: 'cgroupfs',
    }),
  ),
  row(
    'spiffe/spire#1535 (guaranteed)',
    '/kubepods/pod0f188573-8e4f-11ea-a9a0-42010a800047/a5f33a8bc7e275a722763a9d46f432c59b35bb3edbd8dab7cf77148e90916cde',
    container('unknown', 'a5f33a8bc7e275a722763a9d46f432c59b35bb3edbd8dab7cf77148e90916cde', {
      qos: 'guaranteed',
    }),
  ),
  row(
    'spiffe/spire#1547 (docker-for-desktop)',
    '/kubepods/kubepods/besteffort/pod6bd2a4d3-a55a-4450-b6fd-2a7ecc72c904/a55d9ac3b312d8a2627824b6d6dd8af66fbec439bf4e0ec22d6d9945ad337a38',
    container('unknown', 'a55d9ac3b312d8a2627824b6d6dd8af66fbec439bf4e0ec22d6d9945ad337a38', {
      qos: 'besteffort',
    }),
  ),
  row(
    'spiffe/spire#2578 (kind)',
    '/kubelet/kubepods/besteffort/poda1be83ac-553a-44cd-b1a8-b25d3060df8b/4ab945e34d3af794df40c541070fc9de0c83fc6e9af8b1114574c738bf913a7d',
    container('unknown', '4ab945e34d3af794df40c541070fc9de0c83fc6e9af8b1114574c738bf913a7d'),
  ),
  row(
    'spiffe/spire#1081 (kind, seen from the host)',
    '/docker/8d461fa5765781bcf5f7eb192f101bc3103d4b932e26236f43feecfa20664f96/kubepods/besteffort/poddaa5c7ee-3484-4533-af39-3591564fd03e/aff34703e5e1f89443e9a1bffcc80f43f74d4808a2dd22c8f88c08547b323934',
    container('unknown', 'aff34703e5e1f89443e9a1bffcc80f43f74d4808a2dd22c8f88c08547b323934', {
      podUid: 'daa5c7ee-3484-4533-af39-3591564fd03e',
    }),
  ),
  row(
    'moby/moby#34584',
    '/kubepods/besteffort/pod9a18ffb8-8513-11e7-b26e-7e29fbe2a5a3/d28e0087cf8f3f0429f755d60b0de415b20fcf76736ded7bab6e30e7b739ee36',
    container('unknown', 'd28e0087cf8f3f0429f755d60b0de415b20fcf76736ded7bab6e30e7b739ee36'),
  ),
  row(
    'neuvector/neuvector share/system/cgroup_test.go (a cgroup below the container)',
    '/kubepods/besteffort/podf8a694f2-7c08-11e9-98da-000c29077430/c04e0a88a1de067f25bece337d4dbb897396e0b623c2a65330850fc9823f1903/kube-proxy',
    container('unknown', 'c04e0a88a1de067f25bece337d4dbb897396e0b623c2a65330850fc9823f1903', {
      cgroup:
        '/kubepods/besteffort/podf8a694f2-7c08-11e9-98da-000c29077430/c04e0a88a1de067f25bece337d4dbb897396e0b623c2a65330850fc9823f1903',
    }),
  ),
  row(
    'kata-containers/runtime#1515 (form: conmon)',
    '/kubepods/besteffort/pod5884dc6c-5b0c-11e9-90bc-525400cfa589/crio-conmon-f105771f71cfaeed86175bc2bc10f9925c75d12b749231716dfe9f86e640ff0a',
    monitor('cri-o', 'f105771f71cfaeed86175bc2bc10f9925c75d12b749231716dfe9f86e640ff0a', {
      driver: 'cgroupfs',
    }),
  ),
  row(
    'cri-o/cri-o#812 (form: cgroupfs)',
    `/kubepods/besteffort/pod5884dc6c-5b0c-11e9-90bc-525400cfa589/crio-${id}`,
    container('cri-o', id, { driver: 'cgroupfs', podUid: '5884dc6c-5b0c-11e9-90bc-525400cfa589' }),
  ),
  row('netdata/netdata#3369 (form: pod)', '/kubepods/burstable/pod72215515-071e-11e8-ba9d-020b8dab3f02', {
    type: 'pod',
    podUid: '72215515-071e-11e8-ba9d-020b8dab3f02',
    qos: 'burstable',
  }),
  // Docker
  row(
    'netdata/netdata#4981',
    '/docker/81509de4623e2fb6ac9a799df48d03c7a0787796cfd92fd984b80e027c4bb221',
    container('docker', '81509de4623e2fb6ac9a799df48d03c7a0787796cfd92fd984b80e027c4bb221', {
      driver: 'cgroupfs',
    }),
  ),
  row(
    'netdata/netdata#4981 (ECS)',
    '/ecs/a52246f2-daa7-47b4-9e84-0043331e1da0/38dcd24c1a7ac4b0401a1ed29ef79b0c030631df33322db9b092687c0bfd0a38',
    container('docker', '38dcd24c1a7ac4b0401a1ed29ef79b0c030631df33322db9b092687c0bfd0a38'),
  ),
  row(
    'neuvector/neuvector share/system/cgroup_test.go (Debian)',
    '/4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970',
    container('unknown', '4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970'),
  ),
  row(
    'neuvector/neuvector share/system/cgroup_test.go (CentOS)',
    '/system.slice/docker-9ec39b91f3d70e1beff50a308f77067065ea6be0d91a3378375056cd4422cf3d.scope',
    container('docker', '9ec39b91f3d70e1beff50a308f77067065ea6be0d91a3378375056cd4422cf3d', {
      driver: 'systemd',
    }),
  ),
  row(
    'neuvector/neuvector share/system/cgroup_test.go (RancherOS, docker in docker)',
    '/docker/a9a5ad238e59234193ee7ec3fcff5e735b3708ea1068826952255b69e3cfa413/docker/ec08435e04266c5ba381fccbb829f626d11d8ddf5f8f547263c7a2d79ab4787a',
    container('docker', 'ec08435e04266c5ba381fccbb829f626d11d8ddf5f8f547263c7a2d79ab4787a'),
  ),
  row(
    'docker/docs#14545 (form: rootless)',
    `/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${id}.scope`,
    container('docker', id),
  ),
  // Podman
  row(
    'falcosecurity/libs#1613',
    '/machine.slice/libpod-a2bc7b153f034b17f358cde43a7f8c7475147e8a0d1b2573c26473244ec44ce4.scope/container',
    container('podman', 'a2bc7b153f034b17f358cde43a7f8c7475147e8a0d1b2573c26473244ec44ce4', {
      cgroup: '/machine.slice/libpod-a2bc7b153f034b17f358cde43a7f8c7475147e8a0d1b2573c26473244ec44ce4.scope',
    }),
  ),
  row(
    'falcosecurity/libs#1613 (conmon)',
    '/machine.slice/libpod-conmon-a2bc7b153f034b17f358cde43a7f8c7475147e8a0d1b2573c26473244ec44ce4.scope',
    monitor('podman', 'a2bc7b153f034b17f358cde43a7f8c7475147e8a0d1b2573c26473244ec44ce4'),
  ),
  row(
    'coroot/coroot-node-agent#251 (--cgroups=split)',
    '/system.slice/app_name.service/libpod-payload-cc316b3065798e96c30dcfc708f7a7dda1b2d78e552364002d2e49a3100ef3ef',
    container('podman', 'cc316b3065798e96c30dcfc708f7a7dda1b2d78e552364002d2e49a3100ef3ef'),
  ),
  row(
    'containers/podman#6400 (form: pod, rootless)',
    `/user.slice/user-1000.slice/user@1000.service/user.slice/user-libpod_pod_${id}.slice/libpod-a2bc7b153f034b17f358cde43a7f8c7475147e8a0d1b2573c26473244ec44ce4.scope/container`,
    container('podman', 'a2bc7b153f034b17f358cde43a7f8c7475147e8a0d1b2573c26473244ec44ce4'),
  ),
  row(
    'containers/crun#703 (docker in podman)',
    '/machine.slice/libpod-4a8dd27841a96004bc286d609621c4deee11577073d999eaf81a8fc9e513a314.scope/docker/eefb2b2ee52bc02fd916e11c0d723a7b0a5af8fc05940091c91960523aaf0bad/',
    container('docker', 'eefb2b2ee52bc02fd916e11c0d723a7b0a5af8fc05940091c91960523aaf0bad'),
  ),
  row(
    'containers/podman#1051 (form: cgroupfs)',
    `/libpod_parent/libpod-${id}`,
    container('podman', id, { driver: 'cgroupfs' }),
  ),
  row('containers/podman#1767 (form: pod, cgroupfs)', `/libpod_parent/${id}/conmon`, group('conmon')),
  row(
    'containers/crun#376 (podman itself)',
    '/user.slice/user-1000.slice/user@1000.service/user.slice/podman-6696.scope',
    unit('podman-6696.scope', '/user.slice/user-1000.slice/user@1000.service/user.slice/podman-6696.scope'),
  ),
  // containerd without a kubelet
  row('falcosecurity/plugins#1378 (form)', `/system.slice/nerdctl-${id}.scope`, container('containerd', id)),
  row(
    'opencontainers/runtime-spec#1021 (form: made as a folder)',
    '/user.slice:nerdctl:deadbeef',
    container('containerd', 'deadbeef'),
  ),
  row(
    'containerd (form: ctr, /<namespace>/<id>)',
    '/default/redis-server',
    container('containerd', 'redis-server'),
  ),
  // runc and crun
  row('opencontainers/runc#1189', '/user.slice/user-1000.slice/session-67.scope/test', group('test')),
  row('opencontainers/runc#1189 (pids)', '/test', group('test')),
  row('opencontainers/runc#892', '/user.slice/test', group('test')),
  row('opencontainers/runc#1009', '/user/1000.user/64.session/hq', group('hq')),
  row(
    'opencontainers/runc libcontainer/specconv (form: systemd)',
    '/system.slice/runc-web-1.scope',
    container('runc', 'web-1'),
  ),
  row(
    'containers/crun#305 (form: systemd)',
    '/system.slice/crun-web.scope/container',
    container('crun', 'web'),
  ),
  row(
    'opencontainers/runc#325 (in its service)',
    '/system.slice/csgo.service',
    unit('csgo.service', '/system.slice/csgo.service'),
  ),
  // LXC
  row('systemd/systemd#4079', '/lxc/testcontainer', container('lxc', 'testcontainer')),
  row('canonical/lxd#11716', '/lxc.monitor.busybox', monitor('lxc', 'busybox')),
  row('lxc/lxc#2782 (form)', '/lxc.payload/c1', container('lxc', 'c1')),
  row(
    'opensvc/opensvc#408 (form)',
    '/lxc.payload.c1/init.scope',
    container('lxc', 'c1', { cgroup: '/lxc.payload.c1' }),
  ),
  row(
    'mensfeld/code-on-incus#740 (form)',
    '/incus.payload/c1/system.slice/ssh.service',
    container('lxc', 'c1'),
  ),
  row('mensfeld/code-on-incus#740 (form: monitor)', '/lxc.monitor/c1', monitor('lxc', 'c1')),
  row(
    'lxc/lxc#3353 (form: Proxmox)',
    '/lxc/101/ns/system.slice/cron.service',
    container('lxc', '101', { cgroup: '/lxc/101' }),
  ),
  row('lxc/lxc#121', '/container', group('container')),
  // systemd
  row('systemd/systemd#38158', '/init.scope', unit('init.scope', '/init.scope')),
  row(
    'systemd/systemd#38158',
    '/system.slice/systemd-journald.service',
    unit('systemd-journald.service', '/system.slice/systemd-journald.service'),
  ),
  row(
    'systemd/systemd#38158 (a cgroup of its own)',
    '/system.slice/systemd-udevd.service/udev',
    unit('systemd-udevd.service', '/system.slice/systemd-udevd.service'),
  ),
  row(
    'archlinux/contrib#61 (template)',
    '/system.slice/system-shadowsocks\\x2drust.slice/shadowsocks-rust@config.service',
    unit(
      'shadowsocks-rust@config.service',
      '/system.slice/system-shadowsocks\\x2drust.slice/shadowsocks-rust@config.service',
    ),
  ),
  row(
    'systemd/systemd#14475',
    '/user.slice/user-1000.slice/user@1000.service/dev-dm\\x2d2.swap',
    unit('dev-dm\\x2d2.swap', '/user.slice/user-1000.slice/user@1000.service/dev-dm\\x2d2.swap'),
  ),
  row(
    'containers/podman#20910',
    '/user.slice/user-10000.slice/user@10000.service/app.slice/app-org.gnome.Terminal.slice/vte-spawn-f22f14d2-3d44-4304-9879-3fdd0df7b08e.scope',
    unit(
      'vte-spawn-f22f14d2-3d44-4304-9879-3fdd0df7b08e.scope',
      '/user.slice/user-10000.slice/user@10000.service/app.slice/app-org.gnome.Terminal.slice/vte-spawn-f22f14d2-3d44-4304-9879-3fdd0df7b08e.scope',
    ),
  ),
  row(
    'ctrsploit/ctrsploit#280 (v2 line of a Docker container on v1)',
    '/system.slice/containerd.service',
    unit('containerd.service', '/system.slice/containerd.service'),
  ),
  row(
    'systemd src/basic/cgroup-util.c (form: cg_escape)',
    '/system.slice/_memory.service',
    unit('memory.service', '/system.slice/_memory.service'),
  ),
  row(
    'neuvector/neuvector share/system/cgroup_test.go (login)',
    '/user/1000.user/c2.session',
    group('c2.session'),
  ),
  row(
    'systemd-nspawn(1) (form: payload)',
    '/machine.slice/machine-web\\x2d1.scope/payload/init.scope',
    container('nspawn', 'web-1'),
  ),
  row(
    'systemd-nspawn(1) (form: supervisor)',
    '/machine.slice/systemd-nspawn@web.service/supervisor',
    monitor('nspawn', 'web'),
  ),
  row(
    'libvirt (form: a VM)',
    '/machine.slice/machine-qemu\\x2d1\\x2dvm.scope',
    unit('machine-qemu\\x2d1\\x2dvm.scope', '/machine.slice/machine-qemu\\x2d1\\x2dvm.scope'),
  ),
  // the root, and what is gone
  row('cgroups(7)', '/', undefined),
  row('cgroup_namespaces(7) (form)', '/../..', undefined),
  row(
    'tried on 6.18 (form: a zombie, v2)',
    `/docker/${id} (deleted)`,
    container('docker', id, { cgroup: `/docker/${id}` }),
  ),
];
