"""The filter of system calls, run step by step as the kernel runs it."""

from __future__ import annotations

import struct

import pytest

from finder.sources import kernel

X86, ARM = (0, 0xC000_003E), (1, 0xC000_00B7)
ALLOWED, EPERM, ENOSYS, KILLED = 0x7FFF_0000, 0x0005_0001, 0x0005_0026, 0x8000_0000


def answer(code: bytes, number: int, architecture: int, first: int = 0) -> int:
    """Return what the filter answers to a call."""
    data = struct.pack("=IIQQ", number, architecture, 0, first)
    steps = list(struct.iter_unpack("=HBBI", code))
    at = held = 0
    while True:
        kind, yes, no, value = steps[at]
        at += 1
        if kind == 0x20:
            (held,) = struct.unpack_from("=I", data, value)
        elif kind == 0x06:
            return int(value)
        else:
            holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[kind]
            at += yes if holds else no


@pytest.mark.parametrize("machine", [X86, ARM])
def test_named_calls_are_refused_and_others_are_not(machine: tuple[int, int]) -> None:
    column, architecture = machine
    code = kernel.program(*machine)
    refused = {numbers[column] for numbers in kernel._CALLS.values()} - {None}
    for number in range(500):
        if number in (kernel._CLONE[column], kernel._CLONE3[column]):
            continue
        assert answer(code, number, architecture) == (EPERM if number in refused else ALLOWED), number


@pytest.mark.parametrize("machine", [X86, ARM])
def test_threads_are_allowed_and_processes_are_not(machine: tuple[int, int]) -> None:
    column, architecture = machine
    code = kernel.program(*machine)
    assert answer(code, kernel._CLONE[column], architecture, 0x0001_0000 | 0x100) == ALLOWED
    assert answer(code, kernel._CLONE[column], architecture, 17) == EPERM
    assert answer(code, kernel._CLONE3[column], architecture) == ENOSYS


def test_other_machines_and_second_numbers_end_the_process() -> None:
    assert answer(kernel.program(*X86), 1, ARM[1]) == KILLED
    assert answer(kernel.program(*ARM), 1, X86[1]) == KILLED
    assert answer(kernel.program(*X86), 0x4000_0029, X86[1]) == KILLED
