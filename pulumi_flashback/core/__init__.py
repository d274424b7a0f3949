"""What all resources share: declaration, life cycle, and the entry points of both providers."""
