#define _GNU_SOURCE
#include "CLinux.h"

#include <pthread.h>
#include <sched.h>

int clinux_accept(int listener, struct sockaddr_storage *address, socklen_t *length) {
  return accept4(listener, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_processor_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
