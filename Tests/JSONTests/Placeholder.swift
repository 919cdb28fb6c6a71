import Testing

@Suite struct JSONPlaceholderTests {}
