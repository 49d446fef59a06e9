"""Where events come from: extracts of other systems.

extract      what a source says: facts by id, and how far back it is whole
told         what was told of it before; the last word on each fact
difference   from both, the events that tell what has changed
guard        refuses an extract that looks cut short
annex_a      Ofsted's workbook of eleven lists
dfe_payload  the daily payload to the Department for Education
ssda903      the return of looked-after children
"""
