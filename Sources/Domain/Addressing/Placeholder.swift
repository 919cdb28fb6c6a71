enum AddressingPlaceholder {}
