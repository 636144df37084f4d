#!/bin/bash
# boot.sh ROOT PROJECT: process 1 of new mount, pid, cgroup, ipc and uts namespaces becomes this machine's systemd, on a
# copy-on-write view of the machine's own root, in which nothing is started but what a test starts. All mounts end with it.
set -e
root=$1 project=$2
mount --make-rprivate /
mount -t tmpfs tmpfs "$root"
mkdir "$root"/{upper,work,merged}
mount -t overlay overlay -o "lowerdir=/,upperdir=$root/upper,workdir=$root/work" "$root/merged"
cd "$root/merged"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount --rbind /dev dev
mkdir -p ".$project"
mount --rbind "$project" ".$project"
printf '[Unit]\nDescription=nothing\n' >etc/systemd/system/nothing.target
# not chroot: its root is to be a mount, as that of a machine and of a container is
mkdir -p .before
pivot_root . .before
cd /
umount -l /.before
exec env -i container=test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=nothing.target --log-target=null
