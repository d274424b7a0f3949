"""``flashback import``: what is in a live workspace becomes a program and a list of imports."""
