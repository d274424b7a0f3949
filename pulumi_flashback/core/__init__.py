"""What all resources share: their declaration, their life cycle, the entry points of both providers."""
