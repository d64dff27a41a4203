"""Hypothesis strategies: a seed and a few sizes, which is what shrinks usefully."""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.companies.company import Company, random_company


@dataclass(frozen=True)
class Case:
    """The name of one random batch of companies."""

    seed: int
    companies: int
    persons: int
    days: int

    def company(self) -> Company:
        return random_company(
            self.seed, companies=self.companies, persons=self.persons, days=self.days
        )


def cases(*, companies: int = 12) -> st.SearchStrategy[Case]:
    """Batches of at most so many companies."""
    return st.builds(
        Case,
        seed=st.integers(0, 1_000_000),
        companies=st.integers(1, companies),
        persons=st.integers(1, 20),
        days=st.sampled_from([60, 5, 30, 120]),
    )
