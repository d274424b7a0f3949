"""A workspace with what is in it, made of one description or one file."""
