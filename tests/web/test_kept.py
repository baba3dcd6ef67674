"""Answers that are kept: made once however many ask, anew after a failure, and never more than there is room for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.web.kept import Kept


def test_readers_at_once_have_one_answer_made() -> None:
    kept: Kept[int] = Kept()
    made: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def make() -> int:
        made.append(1)
        begun.set()
        assert go_on.wait(10)
        return 42

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(kept.get, "key", make)
        assert begun.wait(10)
        others = [pool.submit(kept.get, "key", make) for _ in range(7)]
        assert kept.get("another", lambda: 7) == 7, "who asks for something else does not wait"
        go_on.set()
        assert [answer.result(10) for answer in (first, *others)] == [42] * 8
    assert made == [1]


def test_failure_is_told_and_not_kept() -> None:
    kept: Kept[int] = Kept()

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.get("key", fail)
    assert len(kept) == 0
    assert kept.get("key", lambda: 1) == 1


def test_failure_is_told_to_all_who_wait() -> None:
    kept: Kept[int] = Kept()
    begun, go_on = threading.Event(), threading.Event()

    def fail() -> int:
        begun.set()
        assert go_on.wait(10)
        raise ValueError("no")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept.get, "key", fail)
        assert begun.wait(10)
        second = pool.submit(kept.get, "key", lambda: 1)
        go_on.set()
        with pytest.raises(ValueError, match="no"):
            first.result(10)
        try:
            assert second.result(10) == 1  # it came when the failure was over
        except ValueError as error:
            assert str(error) == "no"  # noqa: PT017 (either is right, by who comes first)


@given(st.integers(1, 5), st.lists(st.integers(0, 9), max_size=40))
def test_what_was_asked_for_last_is_kept(most: int, asked: list[int]) -> None:
    kept: Kept[int] = Kept(most)
    last: list[int] = []
    for key in asked:
        made: list[int] = []
        assert kept.get(key, lambda key=key, made=made: made.append(key) or key) == key  # type: ignore[misc]
        assert bool(made) == (key not in last)
        last = [*(other for other in last if other != key), key][-most:]
        assert len(kept) == len(last)
