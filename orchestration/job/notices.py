"""What a run may be told to do, but is seldom meant to."""

from datetime import date

from orchestration.console import say
from orchestration.home.last_run import other_landing
from pipelines.settings import Settings


def notice_oddities(settings: Settings, yesterday: date) -> None:
    """Say that the day is not over, or that the home was filled from another landing folder.

    `yesterday` is the last complete day in the reporting time zone.
    """
    if settings.as_of > yesterday:
        say(
            f"warning: --as-of {settings.as_of} is not over yet ({yesterday} was the last complete"
            " day): deadlines are counted and scores fall up to it as if nothing happened until"
            " then"
        )
    before = other_landing(settings)
    if before:
        say(
            f"warning: {settings.home} was filled from {before}; the rows of {settings.landing}"
            " join those. If they are of another company, give it a --home of its own"
        )
