"""From records to a network: what is joined, what is kept apart, which turns are forbidden."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finder.model.vocabulary import Vehicle
from finder.roads.network import MAIN
from tests.roads import networks
from tests.roads.networks import Built
from tests.roads.searching import mutual_runs

vehicles = st.sampled_from(Vehicle)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(networks.any_built(), vehicles)
def test_the_main_part_is_where_one_gets_from_everywhere_to_everywhere(made: Built, vehicle: Vehicle) -> None:
    main = {made.run_of[i] for i in np.flatnonzero(made.network.flags & MAIN[vehicle]).tolist()}
    groups = mutual_runs(made.search(vehicle))
    assert not main or any(main <= group for group in groups), "from everywhere to everywhere"
    inner = {drive.run for drive in made.search(vehicle).inner}
    if main - inner:
        assert main in groups, "nothing is left out that could be in"
    elif not main:
        assert all(len(group - inner) <= 1 for group in groups), "roads on which one never comes back"
