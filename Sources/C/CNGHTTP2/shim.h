#pragma once
// malloc(3) and malloc_usable_size(3) for NGHTTP2Allocator.
#include <malloc.h>
#include <nghttp2/nghttp2.h>
