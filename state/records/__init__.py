"""The records of practice that rules speak of, put together from a case's facts.

A referral is a fact that it started and, perhaps, one that it closed; a period
of care likewise. Each function in these modules is read through `CaseView.records`,
so that it runs once a look at a case and its reads are noted for every rule that asks.
"""
