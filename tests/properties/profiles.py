"""How many random cases a property meets: few and always the same in CI, many in a soak."""

import os

from hypothesis import HealthCheck, Phase, settings

SOAK_EXAMPLES = int(os.environ.get("SOAK_EXAMPLES", "40"))

# a build costs seconds: no shrinking here, the message names the company to look at
few = settings(
    max_examples=1,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# only the cases named beside the test
named = settings(few, phases=[Phase.explicit])
many = settings(
    max_examples=SOAK_EXAMPLES,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
