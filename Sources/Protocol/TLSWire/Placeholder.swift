enum TLSWirePlaceholder {}
