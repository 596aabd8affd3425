"""The road graph: built once from streets, kept as one `.npz` file."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from transport.kernel.errors import Invalid, NotFound
from transport.routing.geo.osm import Streets
from transport.routing.geo.travel import EARTH_RADIUS

PIECE = 100.0  # metres: pieces of streets are cut to this, so that the nearest one is near its middle

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Network:
    """Stretches of road between crossings, and the short straight pieces they are made of.

    A stretch runs from node `a` to node `b`, takes `ms` milliseconds and `dm` decimetres, and may be driven
    `forward` (a to b), `backward` or both. A piece belongs to a stretch and covers its share from `begin` to
    `end`.
    Every node can be reached from every other.
    """

    nodes: Ints  # one number: how many
    a: Ints
    b: Ints
    ms: Ints
    dm: Ints
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]
    stretch: Ints
    ends: Reals  # piece × (lat, lon, lat, lon)
    begin: Reals
    end: Reals

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.stem}.{os.getpid()}.part.npz")
        try:
            np.savez_compressed(draft, **{field.name: getattr(self, field.name) for field in fields(self)})
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> Network:
        """Read a saved network; raises NotFound or Invalid naming the file."""
        try:
            # opened here, as numpy would leave a damaged file open
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls(**{field.name: arrays[field.name] for field in fields(cls)})
        except FileNotFoundError as error:
            raise NotFound("roads.file_missing", file=str(path)) from error
        except (BadZipFile, KeyError, ValueError, EOFError) as error:
            raise Invalid("roads.broken", file=path.name, reason=str(error)) from error


def build(streets: Streets) -> Network:
    """Cut streets at crossings into stretches and keep the largest part in which one can get from all to all.

    Raises Invalid when nothing is left.
    """
    start, stop = streets.node[:-1], streets.node[1:]
    inside = np.isfinite(streets.lat)
    real = (streets.way[:-1] == streets.way[1:]) & inside[start] & inside[stop] & (start != stop)
    at = np.flatnonzero(real)  # positions where a straight bit of street begins
    start, stop, way = start[at], stop[at], streets.way[at]
    if not len(at):
        raise Invalid("roads.empty", file=streets.source)
    uses = np.bincount(np.concatenate([start, stop]), minlength=len(streets.lat))
    crossing = (uses != 2) | streets.barrier
    opens = np.ones(len(at), dtype=np.bool_)  # does a new stretch begin with this bit?
    opens[1:] = (np.diff(at) != 1) | (np.diff(way) != 0) | crossing[start[1:]]
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(at)) - 1
    metres = _metres(streets.lat[start], streets.lon[start], streets.lat[stop], streets.lon[stop])
    length = np.add.reduceat(metres, first)
    stretch = np.cumsum(opens) - 1
    along = np.cumsum(metres) - metres
    begin = (along - along[first][stretch]) / np.maximum(length[stretch], 1e-9)
    end = begin + metres / np.maximum(length[stretch], 1e-9)
    owner = way[first]
    a, b = start[first].copy(), stop[last].copy()
    # nobody passes a barrier: the streets on its sides end at nodes of their own
    count = len(streets.lat)
    for side in (a, b):
        blocked = np.flatnonzero(streets.barrier[side])
        side[blocked] = count + np.arange(len(blocked))
        count += len(blocked)
    network = Network(
        nodes=np.array(count),
        a=a,
        b=b,
        ms=np.maximum(1, np.rint(1000 * length / streets.speed[owner])).astype(np.int64),
        dm=np.maximum(1, np.rint(10 * length)).astype(np.int64),
        forward=streets.forward[owner],
        backward=streets.backward[owner],
        stretch=stretch.astype(np.int64),
        ends=np.column_stack([streets.lat[start], streets.lon[start], streets.lat[stop], streets.lon[stop]]),
        begin=begin,
        end=np.minimum(end, 1.0),
    )
    return _largest_part(_short_pieces(network, metres), streets.source)


def _short_pieces(network: Network, metres: Reals) -> Network:
    parts = np.maximum(1, np.ceil(metres / PIECE)).astype(np.int64)
    piece = np.repeat(np.arange(len(parts)), parts)
    k = np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
    low, high = k / parts[piece], (k + 1) / parts[piece]
    begin, span = network.begin[piece], (network.end - network.begin)[piece]
    head, tail = network.ends[piece, :2], network.ends[piece, 2:]
    ends = np.hstack([head + (tail - head) * low[:, None], head + (tail - head) * high[:, None]])
    return _replace(
        network, stretch=network.stretch[piece], ends=ends, begin=begin + span * low, end=begin + span * high
    )


def _largest_part(network: Network, source: str) -> Network:
    count = int(network.nodes)
    tail = np.concatenate([network.a[network.forward], network.b[network.backward]])
    head = np.concatenate([network.b[network.forward], network.a[network.backward]])
    arcs = csr_array((np.ones(len(tail)), (tail, head)), shape=(count, count))
    _, part = connected_components(arcs, directed=True, connection="strong")
    # numbers of nodes inside stretches are parts of their own; only ends of stretches count
    touched = np.unique(np.concatenate([network.a, network.b]))
    biggest = np.bincount(part[touched]).argmax()
    kept = (part[network.a] == biggest) & (part[network.b] == biggest)
    pieces = kept[network.stretch]
    nodes, ends = np.unique(np.concatenate([network.a[kept], network.b[kept]]), return_inverse=True)
    if len(nodes) < 2:
        raise Invalid("roads.empty", file=source)
    half = int(kept.sum())
    return Network(
        nodes=np.array(len(nodes)),
        a=ends[:half].astype(np.int64),
        b=ends[half:].astype(np.int64),
        ms=network.ms[kept],
        dm=network.dm[kept],
        forward=network.forward[kept],
        backward=network.backward[kept],
        stretch=(np.cumsum(kept) - 1)[network.stretch[pieces]],
        ends=network.ends[pieces],
        begin=network.begin[pieces],
        end=network.end[pieces],
    )


def _replace(network: Network, **changes: NDArray[np.float64] | Ints) -> Network:
    values = {field.name: changes.get(field.name, getattr(network, field.name)) for field in fields(network)}
    return Network(**values)


def _metres(lat: Reals, lon: Reals, to_lat: Reals, to_lon: Reals) -> Reals:
    east = np.radians(to_lon - lon) * np.cos(np.radians((lat + to_lat) / 2))
    north = np.radians(to_lat - lat)
    return np.asarray(EARTH_RADIUS * np.hypot(east, north))
