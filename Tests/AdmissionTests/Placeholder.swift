import Testing

@Suite struct AdmissionPlaceholderTests {}
