"""Pictures: from the bytes of a file to the pixels of a sample."""
