import Testing

@Suite struct HTTPWirePlaceholderTests {}
