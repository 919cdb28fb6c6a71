internal import CCurl
internal import ClusterState
internal import Platform

/// An event of a request.
package enum TransferEvent: ~Escapable {
  /// The response's head has arrived, with its HTTP status.
  case responded(Int)
  /// A part of the body; valid during the call.
  case received(Span<UInt8>)
  /// The response is complete.
  case ended
  /// There is no response, or it is incomplete.
  case failed(String)
}

/// One request in progress, and the libcurl callbacks for it.
@safe final class Transfer {
  /// Owned: freed in `deinit`, after it is removed from the pool.
  let easy: UnsafeMutableRawPointer
  private var headers = unsafe UnsafeMutablePointer<curl_slist>?.none
  private var connectTo = unsafe UnsafeMutablePointer<curl_slist>?.none
  let requestID: Int
  let pool: ConnectionPool
  private let credentialGeneration: Int
  /// Whether further events are discarded.
  var isCancelled = false
  /// The client that performs the transfer and owns it.
  private unowned let client: KubeClient
  /// The error text, which libcurl writes.
  private let failure: UnsafeMutablePointer<CChar>

  init(
    _ request: APIRequest, to access: ClusterAccess, _ credentials: RequestCredentials, requestID: Int,
    client: KubeClient, pool: ConnectionPool
  ) {
    guard let easy = unsafe curl_easy_init() else { preconditionFailure("libcurl fails here only without memory") }
    unsafe self.easy = easy
    self.requestID = requestID
    self.client = client
    self.pool = pool
    credentialGeneration = credentials.generation
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
    // Sound: all of them were allocated here, and the pool no longer has the first.
    unsafe curl_easy_cleanup(easy)
    unsafe curl_slist_free_all(headers)
    unsafe curl_slist_free_all(connectTo)
    unsafe failure.deallocate()
  }

  /// Opens a new connection, because a reused one may be dead.
  func forceFreshConnection() {
    set(CURLOPT_FRESH_CONNECT, 1)
  }

  private func setRequest(_ request: APIRequest, _ access: ClusterAccess, _ credentials: RequestCredentials) {
    add(header: "Accept: \(request.accept)")
    if request.body != nil { add(header: "Content-Type: \(request.contentType)") }
    if let token = credentials.token { add(header: "Authorization: Bearer \(token)") }
    set(CURLOPT_USERAGENT, "storage-network-webhook")
    if let name = access.serverName {
      // libcurl verifies the URL's host and sends it in the handshake; the connection goes to the real server.
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
    // Requests wait until it is known whether one connection can have them all. HTTP/1.1 for some of them is no way out of
    // it: libcurl 7.88 then mixes both protocols on one connection.
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
    if let caBundle = credentials.caBundle {
      set(CURLOPT_CAINFO_BLOB, caBundle)
      // Debian's libcurl also trusts the folder of system CAs, which the blob does not disable.
      check(unsafe CCurl_set_pointer(easy, CURLOPT_CAPATH, nil))
    }
    if let certificate = credentials.certificate { set(CURLOPT_SSLCERT_BLOB, certificate) }
    if let key = credentials.key { set(CURLOPT_SSLKEY_BLOB, key) }
    if access.skipsVerification {
      set(CURLOPT_SSL_VERIFYPEER, 0)
      set(CURLOPT_SSL_VERIFYHOST, 0)
    }
    // Without a value the environment applies (HTTPS_PROXY, NO_PROXY), as for kubectl.
    if let proxy = access.proxy { set(CURLOPT_PROXY, proxy) }
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
  }

  private func setReceivers() {
    // Sound: unowned in libcurl; the client, its owner, removes a transfer from libcurl before it releases it.
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

// Callbacks of libcurl.
extension Transfer {
  static func of(_ pointer: UnsafeMutableRawPointer?) -> Transfer {
    guard let pointer = unsafe pointer else { preconditionFailure("a transfer sets the pointer to itself at once") }
    // Sound: see setReceivers().
    return unsafe Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Handles a line of the head, which an empty line ends; interim responses (1xx) are ignored.
  private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Int {
    if line.count <= 2 {
      var status = 0
      unsafe CCurl_get_number(easy, CURLINFO_RESPONSE_CODE, &status)
      if status == 401 { client.renewCredentials(credentialGeneration) }
      if status >= 200 { client.deliver(.responded(status), for: self) }
    }
    return line.count
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
    // Sound: the bytes are valid during this call.
    client.deliver(.received(unsafe bytes.bindMemory(to: UInt8.self).span), for: self)
    return isCancelled ? 0 : bytes.count
  }

  /// Returns libcurl's text for an error.
  func explanation(of result: CURLcode) -> String {
    // Sound: both texts end with a zero byte; the second is a constant of the library.
    let text = unsafe String(cString: failure)
    return text.isEmpty ? unsafe String(cString: curl_easy_strerror(result)) : text
  }
}

// Options, one function per type.
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
