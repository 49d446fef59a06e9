"""How hard Hypothesis looks: half a minute by default, and as long as wanted at night.

    CASEPULSE_HYPOTHESIS=long pytest tests/generative

The default is the same examples every time, so that a build fails for its change alone; the long
one looks elsewhere each time.
"""

import os

from hypothesis import HealthCheck, settings

_SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "short",
    max_examples=80,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=_SLOW_IS_FINE,
)
settings.register_profile(
    "long", max_examples=3000, deadline=None, print_blob=True, suppress_health_check=_SLOW_IS_FINE
)
settings.load_profile(os.environ.get("CASEPULSE_HYPOTHESIS", "short"))
