"""Choosing among runs."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from transport.routing.engine.search import pricing
from transport.routing.engine.search.partition import Budget, partition
from transport.routing.engine.search.pricing import Columns, Relaxation


def test_when_the_relaxation_fails_the_cheapest_runs_are_still_chosen_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pricing, "FEW_COLUMNS", 4)
    monkeypatch.setattr(Relaxation, "reduced", lambda _: None)
    alone = np.eye(4)
    together = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0]])
    columns = Columns(
        kind=np.zeros(7, np.int64),
        cost=np.array([5.0, 5.0, 5.0, 5.0, 6.0, 6.0, 1.0]),
        serves=csr_matrix(np.vstack([alone, together])),
    )
    chosen = partition(columns, np.array([4]), np.full(4, 100.0), np.arange(4), Budget())
    assert chosen is not None
    # 1 + 5 + 5 for three runs costs less than 6 + 6 for two
    assert sorted(chosen) == [1, 3, 6]
