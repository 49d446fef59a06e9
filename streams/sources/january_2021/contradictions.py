"""Where the report contradicts itself, or its own definition: figures that nothing can give.

By figure, scope and period; the reason is what `casepulse compare` prints.
"""

CONTRADICTIONS: dict[tuple[str, str, str], str] = {
    ("cp_rate", "county", "2021-01"): (
        "56.1 needs about 129,000 children aged 0 to 17; the rates of referrals and of children in "
        "care, 469.3 and 61.1, need about 128,905"
    ),
}
