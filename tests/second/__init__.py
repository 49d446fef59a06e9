"""The measures a second time, written from the handbook alone, to hold the product to.

Nothing here imports what computes the measures (`state`): its own reading of events, its own
corrections, its own calendar, plain lists gone through from the beginning. Slow, and short.
Only `comparison` asks the product, and only for its figures.
"""
