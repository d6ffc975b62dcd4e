"""How many examples are tried. By default few, the same in every run, and as they were found, so that a run is short.

A person may ask for more with the environment variable HYPOTHESIS_PROFILE:

    smallest    the same examples, and the one that fails made as small as it goes (minutes)
    thorough    many more, new in each run
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "")
TIMES = 25  # as many examples when thorough


def examples(number: int) -> settings:
    """Settings for so many examples, or many times as many."""
    thorough, smallest = PROFILE == "thorough", PROFILE == "smallest"
    return settings(
        max_examples=number * TIMES if thorough else number,
        derandomize=not thorough,
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if thorough or smallest else [])],
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
