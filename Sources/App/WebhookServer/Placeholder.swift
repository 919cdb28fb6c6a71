enum WebhookServerPlaceholder {}
