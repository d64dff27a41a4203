"""Predictions in SQL beside scikit-learn on the same hand-offs and bands, out of time."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.running import run_step
from pipelines.simulate import simulate
from pipelines.sql import literal
from pipelines.variables import declared_variables

LEADS, DAYS = 5_000, 730
SEEDS = (1, 2, 3, 4, 5)
OUTCOMES = ("accepted", "won")
# columns of int_prediction_bands that say when and how it ended, not what was known
NO_BANDS = {
    *("case_id", "person_id", "case_date", "is_open", "score_points"),
    *(f"{outcome}_{kind}_date" for outcome in OUTCOMES for kind in ("judged", "hit")),
}

Chances = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """Chances and what came of them, all quarters together."""

    name: str
    chances: Chances
    hits: Chances

    def line(self) -> str:
        from sklearn.metrics import brier_score_loss, roc_auc_score

        auc = roc_auc_score(self.hits, self.chances)
        brier = brier_score_loss(self.hits, self.chances)
        slope, error = calibration_slope(self.chances, self.hits)
        return f"{self.name} AUC {auc:.3f}, Brier {brier:.4f}, slope {slope:.2f} ± {error:.2f}"


def prediction_part(work: Path, rows: int, rounds: int) -> Iterator[str]:
    """Five simulated companies of 5,000 leads over two years, whatever `rows` and `rounds` say."""
    del rows, rounds
    if find_spec("sklearn") is None:
        yield "- needs scikit-learn: pip install 'lead-funnel-warehouse[bench]'"
        return
    for seed in SEEDS:
        with duckdb.connect(str(_built(work, seed)), read_only=True) as warehouse:
            for outcome in OUTCOMES:
                judged = [*_of_marts(warehouse, outcome), *_of_sklearn(warehouse, outcome)]
                told = "; ".join(each.line() for each in judged)
                yield f"- seed {seed}, {outcome}, {len(judged[0].hits)} hand-offs: {told}"


def _built(work: Path, seed: int) -> Path:
    """The warehouse of a simulated company with all its models, kept between runs."""
    folder = work / f"prediction_{seed}"
    home, landing = folder / "home", folder / "landing"
    if not (folder / "as_of").exists():
        simulate(LEADS, DAYS, seed, folder)
    as_of = date.fromisoformat((folder / "as_of").read_text(encoding="utf-8").strip())
    given = {"home": str(home), "landing": str(landing), "as_of": as_of.isoformat()}
    if not (folder / "loaded").exists():
        shutil.rmtree(home, ignore_errors=True)
        run_step("load", **given)
        (folder / "loaded").touch()
    run_step("build", **given, full=True)
    return home / "warehouse.duckdb"


def _of_marts(warehouse: duckdb.DuckDBPyConnection, outcome: str) -> Iterator[Judged]:
    for basis, name in (("prediction", "SQL"), ("rule_score", "rule score")):
        frame = warehouse.execute(
            "select cast(chance as double) as chance, hit from intermediate.int_prediction_tests"
            f" where outcome = {literal(outcome)} and basis = {literal(basis)}"
            " and chance is not null"
        ).df()
        yield Judged(name, frame["chance"].to_numpy(), frame["hit"].to_numpy(dtype=np.float64))


def _of_sklearn(warehouse: duckdb.DuckDBPyConnection, outcome: str) -> Iterator[Judged]:
    """Both learn what the marts learn from: what was known before each quarter."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

    frame = warehouse.sql("select * from intermediate.int_prediction_bands where not is_open").df()
    judged, hit = (pd.to_datetime(frame[f"{outcome}_{kind}_date"]) for kind in ("judged", "hit"))
    days = pd.to_datetime(frame["case_date"])
    bands = pd.get_dummies(frame[[name for name in frame if name not in NO_BANDS]], dtype=float)
    learners: dict[str, Callable[[], Any]] = {
        "logistic regression": lambda: LogisticRegression(C=0.05, max_iter=1_000),
        "gradient boosting": lambda: HistGradientBoostingClassifier(
            max_iter=60, learning_rate=0.05, max_leaf_nodes=8, random_state=0
        ),
    }
    fewest = declared_variables()["fewest_prediction_outcomes"]
    span = pd.Timedelta(days=declared_variables()["prediction_days"])
    for name, learner in learners.items():
        chances, hits = [], []
        for quarter in _quarters(days, span):
            known = (judged < quarter) & (days >= quarter - span)
            tested = (days.dt.to_period("Q").dt.start_time == quarter) & judged.notna()
            learned = (hit < quarter)[known]
            if known.sum() < fewest or not tested.any():
                continue
            if learned.nunique() < 2:
                chances.append(np.full(tested.sum(), (learned.sum() + 1) / (len(learned) + 2)))
            else:
                model = learner().fit(bands[known], learned)
                chances.append(model.predict_proba(bands[tested])[:, 1])
            hits.append(hit.notna()[tested].to_numpy(dtype=np.float64))
        yield Judged(name, np.concatenate(chances), np.concatenate(hits))


def _quarters(days: "pd.Series[pd.Timestamp]", span: pd.Timedelta) -> Iterable[pd.Timestamp]:
    recent = days[days > days.max() - span]
    return sorted(recent.dt.to_period("Q").dt.start_time.unique())


def calibration_slope(chances: Chances, hits: Chances) -> tuple[float, float]:
    """Slope of the outcomes over the log-odds of the chances, and its standard error."""
    from sklearn.linear_model import LogisticRegression

    kept = np.clip(chances, 1e-6, 1 - 1e-6)
    log_odds = np.log(kept / (1 - kept))
    line = LogisticRegression(C=np.inf).fit(log_odds.reshape(-1, 1), hits)
    fitted = line.predict_proba(log_odds.reshape(-1, 1))[:, 1]
    weights = fitted * (1 - fitted)
    spread = log_odds - np.average(log_odds, weights=weights)
    return float(line.coef_[0, 0]), float(1 / np.sqrt(np.sum(weights * spread**2)))
