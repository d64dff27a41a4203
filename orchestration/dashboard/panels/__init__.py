"""The panels in the order in which they stand on the page."""

from collections.abc import Callable, Sequence

from orchestration.dashboard.panel import Panel
from orchestration.dashboard.panels.conversion import conversion
from orchestration.dashboard.panels.funnel import funnel
from orchestration.dashboard.panels.headline import headline
from orchestration.dashboard.panels.ignore_rate import ignore_rate
from orchestration.dashboard.panels.ignored import ignored
from orchestration.dashboard.panels.kpis import kpis
from orchestration.dashboard.panels.mails import mails
from orchestration.dashboard.panels.money import money
from orchestration.dashboard.panels.origins import origins
from orchestration.dashboard.panels.quality import quality
from orchestration.dashboard.panels.scenarios import scenarios
from orchestration.dashboard.panels.scores import scores
from orchestration.dashboard.panels.thresholds import thresholds
from orchestration.dashboard.published import Marts

PANELS: Sequence[Callable[[Marts], Panel]] = (
    headline,
    ignore_rate,
    origins,
    ignored,
    kpis,
    funnel,
    conversion,
    scores,
    thresholds,
    mails,
    scenarios,
    money,
    quality,
)
