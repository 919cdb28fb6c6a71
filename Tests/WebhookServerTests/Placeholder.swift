import Testing

@Suite struct WebhookServerPlaceholderTests {}
