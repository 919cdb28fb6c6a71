// What Swift's Glibc module leaves out of Linux: headers it does not cover, and calls that need _GNU_SOURCE or a macro.
#ifndef CLINUX_H
#define CLINUX_H

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

/// recvfrom(2) and sendto(2) without an address, as the kernel has them: those of glibc are points where a thread
/// may be cancelled, and begin and end with a locked instruction; no thread here is ever cancelled.
ssize_t clinux_receive(int socket, void *buffer, size_t count);
ssize_t clinux_send(int socket, const void *buffer, size_t count, int flags);

/// sched_getaffinity(2): how many processors this process may run on, or 0 if the kernel does not say.
int clinux_processor_count(void);

/// pthread_setname_np(3) for the calling thread; names longer than 15 bytes are refused by the kernel.
void clinux_name_thread(const char *name);

/// pipe2(2) with O_CLOEXEC; `ends` has room for two descriptors, the reading one first.
int clinux_pipe(int *ends);

/// tcp(7), TCP_USER_TIMEOUT.
int clinux_set_user_timeout(int socket, int milliseconds);

/// posix_spawnp(3): standard input is empty, standard output is `output`, no signal is blocked. Gives an error number.
int clinux_spawn(pid_t *child, const char *command, char *const *arguments, char *const *environment, int output);

#endif
