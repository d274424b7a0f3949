"""Side-by-side measurements: what a run costs, of that what the engine costs, and the targets.

``make bench`` runs ``python -m benchmarks``; see its ``--help`` for other sizes.
"""
