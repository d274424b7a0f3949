"""The core shared by all resources: declarations, life cycle, entry points of both providers."""
