"""The measures a second time, written from the handbook alone, to hold the product to.

Nothing here imports what computes the measures (`state`): its own reading of events, its own
corrections, its own calendar, plain lists gone through from the beginning. Slow, and short.
Only `comparison` asks the product, and only for its figures.

A second computation is worth something while nobody looks into the first to write it. Where the
two differ, the handbook's words decide. Where it has none, this one follows the product, and only
there: which team a stock counts for, that a case is closed when nothing is open any more, where
the clock of an assessment without a referral runs from, what a death closes.
"""
