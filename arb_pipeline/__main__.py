"""``python -m arb_pipeline``: the command line where its script is not on the path."""

from arb_pipeline.cli import main

main()
