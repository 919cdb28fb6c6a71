// Loads libcurl when it is first needed. It brings thirty libraries, which would cost every start 7 ms and 4 MiB; a
// server that works from a snapshot, and every command that does, needs none of them.
//
// Each function of libcurl that is used is defined here under its own name, so that its callers are written as if they
// were linked with it.
#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// As the dynamic linker does it: without the library there is nothing to go on with. At once, since other threads may
// be in the middle of something.
static void end(const char *reason) {
  fprintf(stderr, "cannot talk to an API server: %s; install libcurl (Debian's package libcurl4)\n", reason);
  _Exit(127);
}

static void load(void) {
  library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) end(dlerror());
}

static void *find(const char *name) {
  pthread_once(&once, load);
  void *function = dlsym(library, name);
  if (function == NULL) end(dlerror());
  return function;
}

// A function of libcurl: what it gives, its name, its parameters and, once more, their names.
#define LOADED(result, name, parameters, arguments) \
  result name parameters {                          \
    static result(*_Atomic function) parameters;    \
    if (function == NULL) function = find(#name);   \
    return function arguments;                      \
  }

LOADED(CURLcode, curl_global_init, (long flags), (flags))
LOADED(CURL *, curl_easy_init, (void), ())
LOADED(void, curl_easy_cleanup, (CURL *easy), (easy))
LOADED(const char *, curl_easy_strerror, (CURLcode code), (code))
LOADED(struct curl_slist *, curl_slist_append, (struct curl_slist *list, const char *text), (list, text))
LOADED(void, curl_slist_free_all, (struct curl_slist *list), (list))
LOADED(CURLM *, curl_multi_init, (void), ())
LOADED(CURLMcode, curl_multi_cleanup, (CURLM *multi), (multi))
LOADED(CURLMcode, curl_multi_add_handle, (CURLM *multi, CURL *easy), (multi, easy))
LOADED(CURLMcode, curl_multi_remove_handle, (CURLM *multi, CURL *easy), (multi, easy))
LOADED(CURLMsg *, curl_multi_info_read, (CURLM *multi, int *left), (multi, left))
LOADED(CURLMcode, curl_multi_perform, (CURLM *multi, int *running), (multi, running))
LOADED(CURLMcode, curl_multi_poll,
       (CURLM *multi, struct curl_waitfd *extra, unsigned count, int milliseconds, int *ready),
       (multi, extra, count, milliseconds, ready))
LOADED(CURLMcode, curl_multi_wakeup, (CURLM *multi), (multi))

// The two with variable arguments; curl.h makes macros of their names.
typedef CURLcode (*Setter)(CURL *easy, CURLoption option, ...);
typedef CURLcode (*Getter)(CURL *easy, CURLINFO info, ...);

static Setter setter(void) {
  static _Atomic(Setter) function;
  if (function == NULL) function = (Setter)find("curl_easy_setopt");
  return function;
}

static Getter getter(void) {
  static _Atomic(Getter) function;
  if (function == NULL) function = (Getter)find("curl_easy_getinfo");
  return function;
}

CURLcode CCurl_set_number(CURL *easy, CURLoption option, long number) { return setter()(easy, option, number); }
CURLcode CCurl_set_pointer(CURL *easy, CURLoption option, const void *pointer) {
  return setter()(easy, option, pointer);
}
CURLcode CCurl_set_receiver(CURL *easy, CURLoption option, curl_write_callback receiver) {
  return setter()(easy, option, receiver);
}
CURLcode CCurl_set_socket_receiver(CURL *easy, curl_sockopt_callback receiver) {
  return setter()(easy, CURLOPT_SOCKOPTFUNCTION, receiver);
}
CURLcode CCurl_get_number(CURL *easy, CURLINFO info, long *number) { return getter()(easy, info, number); }
CURLcode CCurl_get_pointer(CURL *easy, CURLINFO info, void **pointer) { return getter()(easy, info, pointer); }
