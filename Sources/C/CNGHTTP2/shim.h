#pragma once
// What an allocator that counts needs (malloc_usable_size) and Swift's Glibc does not have.
#include <malloc.h>
#include <nghttp2/nghttp2.h>
