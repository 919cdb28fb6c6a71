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

/// accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC.
int clinux_accept(int listener, struct sockaddr_storage *address, socklen_t *length);

/// sched_getaffinity(2): how many processors this process may run on, or 0 if the kernel does not say.
int clinux_processor_count(void);

/// pthread_setname_np(3) for the calling thread; names longer than 15 bytes are refused by the kernel.
void clinux_name_thread(const char *name);

#endif
