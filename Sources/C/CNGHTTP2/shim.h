#pragma once
// malloc(3) and malloc_usable_size(3), with which NGHTTP2Allocator counts.
#include <malloc.h>
#include <nghttp2/nghttp2.h>
