internal import CNGHTTP2

/// The memory that nghttp2 takes for one session, counted where it is taken.
///
/// A peer decides how much that is: as soon as it has announced the length of a field's name or value, in seven bytes, there
/// is room for twice as much, up to 128 KiB each (RFC 7541 section 5.2); and what has come of a field is kept until it is
/// whole, also in a header block that is ignored, of which no callback tells.
@safe struct NGHTTP2Allocator: ~Copyable {
  /// Owned: freed in `deinit`. nghttp2 hands it to the functions below.
  private let taken: UnsafeMutablePointer<Int>

  init() {
    unsafe taken = .allocate(capacity: 1)
    unsafe taken.initialize(to: 0)
  }

  deinit {
    unsafe taken.deallocate()
  }

  /// What is taken now, as malloc(3) counts.
  var bytes: Int { unsafe taken.pointee }

  /// For a session that ends before this does.
  var allocator: nghttp2_mem {
    unsafe nghttp2_mem(
      mem_user_data: taken,
      malloc: { size, taken in
        let block = unsafe malloc(size)
        unsafe NGHTTP2Allocator.add(malloc_usable_size(block), to: taken)
        return unsafe block
      },
      free: { block, taken in
        unsafe NGHTTP2Allocator.add(-malloc_usable_size(block), to: taken)
        unsafe free(block)
      },
      calloc: { count, size, taken in
        let block = unsafe calloc(count, size)
        unsafe NGHTTP2Allocator.add(malloc_usable_size(block), to: taken)
        return unsafe block
      },
      realloc: { block, size, taken in
        let former = unsafe malloc_usable_size(block)
        // Without room the former block stays; for nothing glibc would free it.
        guard let moved = unsafe realloc(block, max(1, size)) else { return nil }
        unsafe NGHTTP2Allocator.add(malloc_usable_size(moved) - former, to: taken)
        return unsafe moved
      })
  }

  private static func add(_ count: Int, to taken: UnsafeMutableRawPointer?) {
    unsafe taken?.assumingMemoryBound(to: Int.self).pointee += count
  }
}
