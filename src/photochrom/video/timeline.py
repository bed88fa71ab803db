"""Times that rise: what a stream says of the times of its frames or packets, with faults put right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from av.container import InputContainer
from av.format import Flags

_BACK, _AHEAD, _NEAR = Fraction(1, 10), 10, 2  # seconds


def origin(container: InputContainer) -> Fraction:
    """The time in seconds at which a film begins: 0, but for transport streams and the like, which begin anywhere."""
    if not has_jumps(container) or container.start_time is None:
        return Fraction(0)
    return Fraction(container.start_time, 1_000_000)


def has_jumps(container: InputContainer) -> bool:
    """Whether times of this kind of file may jump, as where two recordings were joined."""
    discontinuous: int = Flags.ts_discont.value  # type: ignore[assignment]  # PyAV's types are wrong here
    return bool(container.format.flags & discontinuous)


@dataclass
class Timeline:
    """The times of one stream, in units of ``base``.

    A time that jumps back, and where ``jumps`` one that jumps ahead, is taken for that of another recording, which goes
    on where the last one ended: it and all later ones are moved by ``shift`` seconds. Where that is near one of the
    ``known`` shifts, which another stream has, it is that one, so that sound stays with its picture.
    """

    base: Fraction
    jumps: bool
    shift: Fraction = Fraction(0)
    known: Sequence[Fraction] = ()
    shifts: list[Fraction] = field(default_factory=list)
    _last: int | None = None
    _expected: int = 0

    def __call__(self, time: int | None, duration: int) -> int:
        """The ``time`` of what comes next, or what it should be where it has none; it lasts for ``duration``."""
        moved = self._expected if time is None else time + self._ticks(self.shift)
        if self._last is not None and time is not None:
            lead, back = (moved - self._expected) * self.base, (self._last - moved) * self.base
            if back > _BACK or (self.jumps and lead > _AHEAD):
                self.shift = self._near(self.shift - lead)
                self.shifts.append(self.shift)
                moved = time + self._ticks(self.shift)
            moved = max(moved, self._last + 1)
        self._last, self._expected = moved, moved + duration
        return moved

    def _ticks(self, seconds: Fraction) -> int:
        return round(seconds / self.base)

    def _near(self, shift: Fraction) -> Fraction:
        best = min(self.known, key=lambda one: abs(one - shift), default=shift)
        return best if abs(best - shift) < _NEAR else shift
