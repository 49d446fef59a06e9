"""Where the report contradicts itself, or its own definition: figures that nothing can give.

By figure, scope and period; the reason is what `casepulse compare` prints.
"""

CONTRADICTIONS: dict[tuple[str, str, str], str] = {}
