internal import CCurl
internal import ClusterState
internal import Platform

/// What happened to a request.
package enum TransferEvent: ~Escapable {
  /// The head of the answer has come, with its HTTP status.
  case responded(Int)
  /// A piece of its body; valid during the call that tells it.
  case received(Span<UInt8>)
  /// The answer is whole.
  case ended
  /// There was no answer, or it broke off.
  case failed(String)
}

/// One request under way, and the thunks through which libcurl tells what comes of it.
@safe final class Transfer {
  /// Owned: freed in `deinit`, after it was taken out of the multi handle.
  let easy: UnsafeMutableRawPointer
  private var headers = unsafe UnsafeMutablePointer<curl_slist>?.none
  private var connectTo = unsafe UnsafeMutablePointer<curl_slist>?.none
  let owner: Int
  /// Nothing it still brings is wanted.
  var isCancelled = false
  /// The client that performs it, and that owns it.
  private unowned let client: KubeClient
  /// libcurl keeps a pointer to this text's bytes.
  private let failure: UnsafeMutablePointer<CChar>

  init(
    _ request: APIRequest, to access: ClusterAccess, _ credentials: RequestCredentials, owner: Int, client: KubeClient
  ) {
    guard let easy = unsafe curl_easy_init() else { preconditionFailure("libcurl fails here only without memory") }
    unsafe self.easy = easy
    self.owner = owner
    self.client = client
    unsafe failure = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe failure.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    setRequest(request, access, credentials)
    if let body = request.body { set(body: body) }
    if request.method != "GET" { set(CURLOPT_CUSTOMREQUEST, request.method) }
    setTransport()
    setTrust(access, credentials)
    setReceivers()
  }

  deinit {
    // Sound: all of them were made here, and the multi handle has let go of the first.
    unsafe curl_easy_cleanup(easy)
    unsafe curl_slist_free_all(headers)
    unsafe curl_slist_free_all(connectTo)
    unsafe failure.deallocate()
  }

  /// The connection is not trusted any more: neither reuse one nor leave one behind.
  func forceFreshConnection() {
    set(CURLOPT_FRESH_CONNECT, 1)
  }

  private func setRequest(_ request: APIRequest, _ access: ClusterAccess, _ credentials: RequestCredentials) {
    add(header: "Accept: \(request.accept)")
    if request.body != nil { add(header: "Content-Type: \(request.contentType)") }
    if let token = credentials.token { add(header: "Authorization: Bearer \(token)") }
    set(CURLOPT_USERAGENT, "storage-network-webhook")
    if let name = access.serverName {
      // The URL's host is what libcurl verifies and names in the handshake; the connection goes to the real one.
      let server = ServerURL(access.server)
      set(CURLOPT_URL, "\(server.scheme)://\(name.bracketed):\(server.port)\(server.path)\(request.path)")
      add(header: "Host: \(server.authority)")
      unsafe connectTo = curl_slist_append(nil, "::\(server.host):\(server.port)")
      unsafe CCurl_set_list(easy, CURLOPT_CONNECT_TO, connectTo)
    } else {
      set(CURLOPT_URL, access.server + request.path)
    }
    unsafe CCurl_set_list(easy, CURLOPT_HTTPHEADER, headers)
  }

  private func setTransport() {
    // One connection carries all watches; until it is known whether it can, they wait for it.
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    set(CURLOPT_PIPEWAIT, 1)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_CONNECTTIMEOUT, ClientLimits.secondsToConnect)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_TCP_KEEPIDLE, ClientLimits.secondsBeforeProbe)
    set(CURLOPT_TCP_KEEPINTVL, ClientLimits.secondsBetweenProbes)
  }

  private func setTrust(_ access: ClusterAccess, _ credentials: RequestCredentials) {
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let authorities = credentials.authorities {
      set(CURLOPT_CAINFO_BLOB, authorities)
      // Debian's libcurl trusts the folder of the system's authorities in addition, which the blob does not turn off.
      check(unsafe CCurl_set_pointer(easy, CURLOPT_CAPATH, nil))
    }
    if let certificate = credentials.certificate { set(CURLOPT_SSLCERT_BLOB, certificate) }
    if let key = credentials.key { set(CURLOPT_SSLKEY_BLOB, key) }
    if access.skipsVerification {
      set(CURLOPT_SSL_VERIFYPEER, 0)
      set(CURLOPT_SSL_VERIFYHOST, 0)
    }
    // Without it the environment decides (HTTPS_PROXY, NO_PROXY), as for kubectl.
    if let proxy = access.proxy { set(CURLOPT_PROXY, proxy) }
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
  }

  private func setReceivers() {
    // Sound: unowned there, owned by the client, which takes a transfer out of libcurl before it lets go of it.
    let myself = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe CCurl_set_pointer(easy, CURLOPT_PRIVATE, myself)
    unsafe CCurl_set_pointer(easy, CURLOPT_HEADERDATA, myself)
    unsafe CCurl_set_pointer(easy, CURLOPT_WRITEDATA, myself)
    unsafe CCurl_set_pointer(easy, CURLOPT_ERRORBUFFER, failure)
    unsafe CCurl_set_receiver(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, transfer in
      unsafe Transfer.of(transfer).receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    unsafe CCurl_set_receiver(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, transfer in
      unsafe Transfer.of(transfer).receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    unsafe CCurl_set_socket_receiver(easy) { _, socket, _ in
      TCPUserTimeout.set(socket, afterMilliseconds: ClientLimits.millisecondsUnacknowledged)
      return CURL_SOCKOPT_OK
    }
  }
}

// What libcurl tells.
extension Transfer {
  static func of(_ pointer: UnsafeMutableRawPointer?) -> Transfer {
    guard let pointer = unsafe pointer else { preconditionFailure("a transfer sets the pointer to itself at once") }
    // Sound: see setReceivers().
    return unsafe Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// A head ends with an empty line; interim answers (1xx) are none.
  private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Int {
    if line.count <= 2 {
      var status = 0
      unsafe CCurl_get_number(easy, CURLINFO_RESPONSE_CODE, &status)
      if status >= 200 { client.deliver(.responded(status), for: self) }
    }
    return line.count
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
    // Sound: libcurl lends the bytes for this call.
    client.deliver(.received(unsafe bytes.bindMemory(to: UInt8.self).span), for: self)
    return isCancelled ? 0 : bytes.count
  }

  /// Why it failed, in libcurl's words.
  func explanation(of result: CURLcode) -> String {
    // Sound: libcurl ends both texts with a zero byte; the second is a literal of the library.
    let text = unsafe String(cString: failure)
    return text.isEmpty ? unsafe String(cString: curl_easy_strerror(result)) : text
  }
}

// Options, one function a type.
extension Transfer {
  private func set(_ option: CURLoption, _ number: Int) {
    check(unsafe CCurl_set_number(easy, option, number))
  }

  private func set(_ option: CURLoption, _ text: String) {
    check(unsafe CCurl_set_text(easy, option, text))
  }

  private func set(_ option: CURLoption, _ bytes: [UInt8]) {
    check(unsafe CCurl_set_blob(easy, option, bytes, bytes.count))
  }

  private func set(body: [UInt8]) {
    set(CURLOPT_POSTFIELDSIZE, body.count)
    check(unsafe CCurl_set_copy(easy, CURLOPT_COPYPOSTFIELDS, body))
  }

  private func add(header: String) {
    unsafe headers = curl_slist_append(headers, header)
  }

  private func check(_ result: CURLcode) {
    precondition(result == CURLE_OK, "this libcurl was built without an option that is needed")
  }
}
