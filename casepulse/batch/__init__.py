"""The batch: reads a source to its end and counts it, without a worker and without Redis. Releases
are made by it, made again, told apart and put beside others; and figures are explained."""
