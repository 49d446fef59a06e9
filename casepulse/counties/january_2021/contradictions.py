"""Where the report contradicts itself, or its own definition: figures that nothing can give.

By figure, scope and period; the reason is what `casepulse compare` prints.
"""

_OPEN = (
    "1,827 children in need, 724 on a plan, 787 in care and 438 care leavers are 3,776 open "
    "children, not 3,779"
)

CONTRADICTIONS: dict[tuple[str, str, str], str] = {
    ("closed_unseen", "county", "2021-01"): (
        "413 of January's 444 referrals have an initial visit done or overdue, so no more than 31 "
        "can have closed without one"
    ),
    ("cp_rate", "county", "2021-01"): (
        "56.1 needs about 129,000 children aged 0 to 17; the rates of referrals and of children in "
        "care, 469.3 and 61.1, need about 128,905"
    ),
    ("open_to_social_care", "county", "2021-01"): _OPEN,
    ("activity_in_timescale", "county", "2021-01"): _OPEN,
    ("mind_of_my_own", "county", "2021-01"): _OPEN,
}
