#pragma once
// libcurl for Swift: one function per argument type for each variadic function, which curl.h hides behind a macro.
#include <curl/curl.h>

static inline CURLcode CCurl_set_number(CURL *easy, CURLoption option, long number) {
  return (curl_easy_setopt)(easy, option, number);
}
static inline CURLcode CCurl_set_pointer(CURL *easy, CURLoption option, const void *pointer) {
  return (curl_easy_setopt)(easy, option, pointer);
}
static inline CURLcode CCurl_set_receiver(CURL *easy, CURLoption option, curl_write_callback receiver) {
  return (curl_easy_setopt)(easy, option, receiver);
}
static inline CURLcode CCurl_set_socket_receiver(CURL *easy, curl_sockopt_callback receiver) {
  return (curl_easy_setopt)(easy, CURLOPT_SOCKOPTFUNCTION, receiver);
}
static inline void CCurl_set_multi_receivers(
    CURLM *multi, curl_socket_callback sockets, curl_multi_timer_callback timer, void *events) {
  (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, sockets);
  (curl_multi_setopt)(multi, CURLMOPT_SOCKETDATA, events);
  (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, timer);
  (curl_multi_setopt)(multi, CURLMOPT_TIMERDATA, events);
}
static const curl_socket_t CCurl_socket_timeout = CURL_SOCKET_TIMEOUT;
static inline CURLcode CCurl_get_number(CURL *easy, CURLINFO info, long *number) {
  return (curl_easy_getinfo)(easy, info, number);
}
static inline CURLcode CCurl_get_pointer(CURL *easy, CURLINFO info, void **pointer) {
  return (curl_easy_getinfo)(easy, info, pointer);
}
static inline CURLcode CCurl_set_text(CURL *easy, CURLoption option, const char *text) {
  return CCurl_set_pointer(easy, option, text);
}
static inline CURLcode CCurl_set_list(CURL *easy, CURLoption option, struct curl_slist *list) {
  return CCurl_set_pointer(easy, option, list);
}
static inline CURLcode CCurl_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
  struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
  return CCurl_set_pointer(easy, option, &blob);
}
static inline CURLcode CCurl_set_copy(CURL *easy, CURLoption option, const void *bytes) {
  return CCurl_set_pointer(easy, option, bytes);
}
static inline CURLcode CCurl_result(const CURLMsg *message) { return message->data.result; }
