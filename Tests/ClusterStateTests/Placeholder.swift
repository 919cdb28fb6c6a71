import Testing

@Suite struct ClusterStatePlaceholderTests {}
