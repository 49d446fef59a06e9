"""The service that follows a source: every night by itself, from an extract that comes to a figure.

hours        when an extract is looked for, and by when it must be there
arrivals     what has come, and what of it is complete
night        what an extract came to, in counts
kept_nights  the last nights, beside the source's state
follower     one look: what there is to do is done
metrics      what Prometheus is told
clock        one look after the other, until it is to end
service      the parts, put together
"""
