"""A clock that all processes of a machine read alike."""

from __future__ import annotations

import time

_BOOT: int | None = getattr(time, "CLOCK_BOOTTIME", None)


def boot_us() -> int:
    """Microseconds since the machine was started, asleep or awake. Nobody can set this clock, so it never goes back.

    Where there is no such clock (macOS), the monotonic one, which is shared as well and stands still while asleep: a wait
    is then longer than needed, never shorter.
    """
    return (time.monotonic_ns() if _BOOT is None else time.clock_gettime_ns(_BOOT)) // 1000
