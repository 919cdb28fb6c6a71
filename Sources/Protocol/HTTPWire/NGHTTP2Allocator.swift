internal import CNGHTTP2

/// Counts the memory that nghttp2 allocates for one session.
///
/// The peer controls the amount: a field's name or value allocates twice its length, up to 128 KiB each, as soon as
/// seven bytes have announced the length (RFC 7541 section 5.2). The part that has arrived is kept until the field is
/// complete, even in a header block that is ignored, for which there is no callback.
@safe struct NGHTTP2Allocator: ~Copyable {
  /// Owned: freed in `deinit`. nghttp2 passes it to the functions below.
  private let byteCount: UnsafeMutablePointer<Int>

  init() {
    unsafe byteCount = .allocate(capacity: 1)
    unsafe byteCount.initialize(to: 0)
  }

  deinit {
    unsafe byteCount.deallocate()
  }

  /// The allocated bytes, as malloc(3) counts them.
  var bytes: Int { unsafe byteCount.pointee }

  /// An allocator for a session that ends before this.
  var allocator: nghttp2_mem {
    unsafe nghttp2_mem(
      mem_user_data: byteCount,
      malloc: { size, byteCount in
        let block = unsafe malloc(size)
        unsafe NGHTTP2Allocator.add(malloc_usable_size(block), to: byteCount)
        return unsafe block
      },
      free: { block, byteCount in
        unsafe NGHTTP2Allocator.add(-malloc_usable_size(block), to: byteCount)
        unsafe free(block)
      },
      calloc: { count, size, byteCount in
        let block = unsafe calloc(count, size)
        unsafe NGHTTP2Allocator.add(malloc_usable_size(block), to: byteCount)
        return unsafe block
      },
      realloc: { block, size, byteCount in
        let former = unsafe malloc_usable_size(block)
        // Without memory the old block stays. For size 0 glibc would free it.
        guard let moved = unsafe realloc(block, max(1, size)) else { return nil }
        unsafe NGHTTP2Allocator.add(malloc_usable_size(moved) - former, to: byteCount)
        return unsafe moved
      })
  }

  private static func add(_ count: Int, to byteCount: UnsafeMutableRawPointer?) {
    unsafe byteCount?.assumingMemoryBound(to: Int.self).pointee += count
  }
}
