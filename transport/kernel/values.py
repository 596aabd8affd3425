"""Frozen value objects shared by all rooms. Units: degrees (WGS84), seconds of the service day, people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A position on the earth in WGS84 degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, both ends included, in seconds since the start of the service day."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a window that ends before it begins: it is a programming error, not a wish."""
        if self.end < self.start:
            message = f"window ends ({self.end}) before it starts ({self.start})"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Load:
    """Places taken in a vehicle: ordinary seats and wheelchair places."""

    seats: int
    wheelchairs: int

    def __add__(self, other: "Load") -> "Load":
        """Two parties together."""
        return Load(self.seats + other.seats, self.wheelchairs + other.wheelchairs)
