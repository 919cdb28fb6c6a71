// The parts of Linux that Swift's Glibc module lacks: other headers, and calls that need _GNU_SOURCE or a macro.
#ifndef CLINUX_H
#define CLINUX_H

#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC.
int clinux_accept(int listener, struct sockaddr_storage *address, socklen_t *length);

/// recvfrom(2) and sendto(2) without an address, as system calls: those of glibc are cancellation points, which costs
/// a locked instruction before and after; no thread here is ever cancelled.
ssize_t clinux_receive(int socket, void *buffer, size_t count);
ssize_t clinux_send(int socket, const void *buffer, size_t count, int flags);

/// sched_getaffinity(2): the number of processors that this process may run on, or 0 if the kernel does not report it.
int clinux_processor_count(void);

/// pthread_setname_np(3) for the calling thread; the kernel rejects names longer than 15 bytes.
void clinux_name_thread(const char *name);

/// pipe2(2) with O_CLOEXEC; `ends` has two elements, the reading end first.
int clinux_pipe(int *ends);

/// Sets TCP_USER_TIMEOUT (tcp(7)).
int clinux_set_user_timeout(int socket, int milliseconds);

/// posix_spawnp(3) with empty standard input, `output` as standard output and no blocked signal. Returns an error
/// number.
int clinux_spawn(pid_t *child, const char *command, char *const *arguments, char *const *environment, int output);

#endif
