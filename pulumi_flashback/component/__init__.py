"""A workspace with its members and API keys, made of one description or one file."""
