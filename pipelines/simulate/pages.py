"""The pages of the company's site, by what somebody looks at who is aware, compares or acts."""

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.drawing import Floats, Ints, Texts, texts
from pipelines.simulate.rules import Rules
from pipelines.simulate.vocabulary import SITE

AWARE, COMPARE, ACT = range(3)
_STAGE_WEIGHTS = {
    # what each buying stage weighs for somebody who is aware, who compares, who acts
    "awareness": (0.58, 0.14, 0.05),
    "interest": (0.24, 0.22, 0.08),
    "search": (0.11, 0.18, 0.10),
    "compare": (0.02, 0.20, 0.27),
    "consider": (0.03, 0.20, 0.24),
    "act": (0.005, 0.04, 0.24),
    "share": (0.015, 0.02, 0.02),
}
_LEAVES = ("first-year", "three-plants", "checklist", "2026-survey", "line-7", "guide")
_DEEP = ("/blog", "/cases", "/docs", "/news", "/solutions", "/downloads", "/webinars")
_RARE = {"/careers": 0.15, "/": 2.5, "/security": 0.4}
_FRAGMENT = "#contents"
_ENDINGS = ("", "/", "?ref=menu", _FRAGMENT)
ENDING_SHARES = (0.84, 0.06, 0.06, 0.04)
# an address in a path is what a careless form leaves behind
_CARELESS = f"{SITE}/mypage/hanako.yamada@aonami-kikai.example/settings"


@dataclass(frozen=True, slots=True)
class Pages:
    """`urls` holds each page with each ending, `weights` one row per state of mind."""

    urls: Texts
    weights: Floats

    @property
    def careless(self) -> int:
        """Index of the URL that holds an e-mail address."""
        return len(self.urls) - 1

    @property
    def home(self) -> int:
        """Index of the URL of the home page."""
        home: int = self.urls.tolist().index(f"{SITE}/")
        return home

    def without_fragment(self, url: Ints) -> Ints:
        """Indexes of the URLs as a browser tells them to the next page."""
        fragment = _ENDINGS.index(_FRAGMENT)
        is_cut = (url >= 0) & (url < self.careless) & (url % len(_ENDINGS) == fragment)
        return np.where(is_cut, url - fragment, url)


def build_pages(rules: Rules) -> Pages:
    """Every prefix of the content catalogue, and leaves below the deep ones."""
    paths: list[str] = []
    weights: list[tuple[float, ...]] = []
    for stage, prefixes in rules.pages.items():
        for prefix in prefixes:
            leaves = _LEAVES if prefix.startswith(_DEEP) else ()
            below = [prefix, *(f"{prefix}/{leaf}" for leaf in leaves)]
            share = _RARE.get(prefix, 1.0) / len(prefixes) / len(below)
            paths += below
            weights += [tuple(each * share for each in _STAGE_WEIGHTS[stage])] * len(below)
    urls = [f"{SITE}{path}{ending}" for path in paths for ending in _ENDINGS]
    return Pages(texts([*urls, _CARELESS]), np.array(weights).T)


def content_truth(rules: Rules) -> dict[str, tuple[str, ...]]:
    """Entries of the catalogue after which strangers leave a name, and those after which few do.

    Who compares is near to a form; who has just become aware looks around and leaves.
    """
    return {"names": rules.pages["compare"], "does_not_name": rules.pages["awareness"]}
