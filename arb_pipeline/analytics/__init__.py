"""Answers from collected rows: pure computations on exact decimals, without I/O."""
