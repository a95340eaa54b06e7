"""What connects the sandbox's core to its clients: HTTP, and transports inside the client's own process."""
