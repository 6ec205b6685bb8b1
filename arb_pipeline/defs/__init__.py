"""The Dagster side: partitions, resources, IO managers, assets, checks, schedules, sensors.

What belongs here: which exchange, which window, when, and what the UI shows of it. How to ask an
exchange lives in ``exchanges/``, how to store in ``storage/``; this package wires them together.
"""

import warnings

# Beta by Dagster's own word, and warned of at every import; defs/partitions.py guards its one bug.
warnings.filterwarnings("ignore", message="Parameter `backfill_policy` of function `asset`")
