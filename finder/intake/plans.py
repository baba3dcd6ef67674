"""Tests of the plan that a row rests on."""

from __future__ import annotations

import numpy as np

from finder.intake.findings import Finding, Work, found
from finder.model.vocabulary import PlanStatus


def lapsed(work: Work) -> list[Finding]:
    """Find rows that name a plan which is in force no longer, or was given up before it came so far."""
    status, names = work.cells("plan_status"), work.cells("plan_name")
    mask = np.array([s == PlanStatus.NONE and n is not None for s, n in zip(status, names, strict=True)], dtype=bool)
    return [found("plan_status", mask, names)]
