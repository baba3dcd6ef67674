"""Linux's own locks, asked for by ctypes: Landlock (files), seccomp (network, other programs), namespaces (network).

Each is taken where the kernel has it. What is refused gives EPERM or EACCES to whoever asks, in C or Python.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_NO_NEW_PRIVILEGES, _SECCOMP, _DEATH_SIGNAL = 38, 22, 1  # prctl
_KILL = 9
_NEW_USER, _NEW_NET, _NEW_IPC = 0x1000_0000, 0x4000_0000, 0x0800_0000
_THREAD = 0x0001_0000  # clone's flag for a thread instead of a process

_CREATE_RULESET, _ADD_RULE, _RESTRICT = 444, 445, 446
_READ_FILE, _READ_DIR, _TRUNCATE, _WRITE_FILE = 1 << 2, 1 << 3, 1 << 14, 1 << 1
_KNOWN_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many kinds of access the first versions tell apart; later ones 16
_CONNECT_AND_BIND, _SIGNALS_AND_SOCKETS = 3, 3

_EPERM, _ENOSYS = 1, 38
# number on x86-64 and ARM64 (None: there is none)
_CALLS: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "io_uring_setup": (425, 425),
    "kill": (62, 129),
    "tkill": (200, 130),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "open_by_handle_at": (304, 265),
    # what Landlock leaves open
    "chmod": (90, None),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "fchmod": (91, 52),  # of a file that was handed over open
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "utimensat": (280, 88),
    "utimes": (235, None),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_MACHINES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}
_X32 = 0x4000_0000  # x86-64's second set of numbers


def close(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Take every lock this kernel has; files stay open to reading and writing as given."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    libc.prctl(_DEATH_SIGNAL, _KILL, 0, 0, 0)
    if libc.unshare(_NEW_USER | _NEW_NET | _NEW_IPC) != 0:
        libc.unshare(_NEW_NET | _NEW_IPC)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _landlock(libc, readable, writable)
    _seccomp(libc)


def _landlock(libc: ctypes.CDLL, readable: Iterable[str], writable: Iterable[str]) -> None:
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return
    every = (1 << _KNOWN_RIGHTS.get(version, 16)) - 1
    handled = struct.pack(
        "=QQQ", every, _CONNECT_AND_BIND if version >= 4 else 0, _SIGNALS_AND_SOCKETS if version >= 6 else 0
    )
    handled = handled[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    if rules < 0:
        return
    for path in readable:
        _allow(libc, rules, path, _READ_FILE | _READ_DIR)
    for path in writable:
        _allow(libc, rules, path, every & ~1)  # all but execution
    libc.syscall(_RESTRICT, rules, 0)
    os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this system
    if not Path(path).is_dir():
        rights &= _READ_FILE | _WRITE_FILE | _TRUNCATE
    libc.syscall(_ADD_RULE, rules, 1, struct.pack("=Qi", rights, place), 0)
    os.close(place)


def _seccomp(libc: ctypes.CDLL) -> None:
    if (machine := _MACHINES.get(os.uname().machine)) is None:
        return
    code = program(*machine)

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))

    libc.prctl(_SECCOMP, 2, ctypes.byref(Program(len(code) // 8, code)), 0, 0)


def program(column: int, architecture: int) -> bytes:
    """Return the filter of system calls, in the kernel's packet-filter code."""
    load, equal, at_least, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, unknown, kill = 0x7FFF_0000, 0x0005_0000 | _EPERM, 0x0005_0000 | _ENOSYS, 0x8000_0000

    def step(kind: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", kind, yes, no, value)

    steps = [step(load, 4), step(equal, architecture, 1), step(answer, kill), step(load, 0)]
    if column == 0:
        steps += [step(at_least, _X32, 0, 1), step(answer, kill)]
    for numbers in _CALLS.values():
        if (number := numbers[column]) is not None:
            steps += [step(equal, number, 0, 1), step(answer, refuse)]
    # glibc falls back from clone3, whose flags cannot be seen from here, to clone
    steps += [step(equal, _CLONE3[column], 0, 1), step(answer, unknown)]
    steps += [step(equal, _CLONE[column], 0, 3), step(load, 16), step(any_bit, _THREAD, 1), step(answer, refuse)]
    steps.append(step(answer, allow))
    return b"".join(steps)
