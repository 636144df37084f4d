/* The floor of procfs: nothing but the system calls that judging needs, of every fd of every process there is.
 *
 *     cc -O2 -o floor floor.c && ./floor links|reads     prints files and microseconds
 *
 * links: the link of each fd. reads: what the policy `criu` makes the agent read of it (src/probe/file.ts,
 * open-facts.ts, native/sockets.ts): statx of a file with a path, and of that path; the flags of a pipe and the
 * options of a socket through a duplicate; fdinfo of an anonymous inode.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static char buffer[65536], link_text[4097];
static long files;

static void ask_socket(int fd) {
	static const int options[] = { SO_DOMAIN, SO_TYPE, SO_PROTOCOL, SO_ACCEPTCONN, 28 /* SO_PEERNAME */,
				       26 /* SO_GET_FILTER */, SO_BINDTODEVICE, 71 /* SO_NETNS_COOKIE */, SO_SNDBUF,
				       55 /* SO_MEMINFO */ };
	struct sockaddr_storage name;
	socklen_t length;
	fgetxattr(fd, "system.sockprotoname", buffer, 64);
	for (unsigned i = 0; i < sizeof(options) / sizeof(*options); i++) {
		length = 64;
		getsockopt(fd, SOL_SOCKET, options[i], buffer, &length);
	}
	length = sizeof(name);
	getsockname(fd, (struct sockaddr *)&name, &length);
	length = sizeof(name);
	getpeername(fd, (struct sockaddr *)&name, &length);
	fcntl(fd, F_GETFL);
}

static void read_one(int folder, int infos, int pidfd, const char *number) {
	struct statx stat;
	ssize_t length = readlinkat(folder, number, link_text, 4096);
	int fd;
	if (length < 0)
		return;
	files++;
	if (infos < 0)
		return;
	link_text[length] = 0;
	if (link_text[0] == '/') {
		statx(folder, number, AT_STATX_DONT_SYNC, STATX_BASIC_STATS | STATX_MNT_ID, &stat);
		if (!S_ISREG(stat.stx_mode) && !S_ISDIR(stat.stx_mode))
			statx(folder, number, AT_SYMLINK_NOFOLLOW, STATX_MODE, &stat);
		else if (S_ISREG(stat.stx_mode) && stat.stx_nlink > 0)
			statx(AT_FDCWD, link_text, 0, STATX_BASIC_STATS, &stat);
	} else if (!strncmp(link_text, "pipe:", 5) || !strncmp(link_text, "socket:", 7)) {
		fd = syscall(SYS_pidfd_getfd, pidfd, atoi(number), 0);
		if (fd < 0)
			return;
		if (link_text[0] == 's')
			ask_socket(fd);
		else
			fcntl(fd, F_GETFL);
		close(fd);
	} else if ((fd = openat(infos, number, O_RDONLY | O_CLOEXEC)) >= 0) {
		if (read(fd, buffer, sizeof(buffer)) < 0)
			perror("fdinfo");
		close(fd);
	}
}

static void read_process(const char *pid, int reads) {
	char path[64];
	struct dirent *entry;
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	DIR *fds = opendir(path);
	if (!fds)
		return;
	snprintf(path, sizeof(path), "/proc/%s/fdinfo", pid);
	int infos = reads ? open(path, O_PATH | O_CLOEXEC) : -1;
	int pidfd = reads ? syscall(SYS_pidfd_open, atoi(pid), 0) : -1;
	while ((entry = readdir(fds)))
		if (isdigit((unsigned char)entry->d_name[0]))
			read_one(dirfd(fds), infos, pidfd, entry->d_name);
	/* whether one came or went meanwhile */
	rewinddir(fds);
	while (reads && readdir(fds))
		;
	if (infos >= 0)
		close(infos);
	if (pidfd >= 0)
		close(pidfd);
	closedir(fds);
}

int main(int argc, char **argv) {
	int reads = argc > 1 && !strcmp(argv[1], "reads");
	struct timespec begun, ended;
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	if (!proc)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &begun);
	while ((entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			read_process(entry->d_name, reads);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	printf("%ld %ld\n", files,
	       (ended.tv_sec - begun.tv_sec) * 1000000 + (ended.tv_nsec - begun.tv_nsec) / 1000);
	return 0;
}
