import Testing

@Suite struct AddressingPlaceholderTests {}
