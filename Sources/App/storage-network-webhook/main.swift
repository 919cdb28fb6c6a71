print("storage-network-webhook")
