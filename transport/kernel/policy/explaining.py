"""A policy as a list of rules that people can read and compare."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from pydantic import BaseModel

from transport.kernel.policy.versions import Policies, Policy


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule in force: its key in the file, its value, what it means, and its value under the policy before."""

    key: str
    value: str
    meaning: str
    before: str | None

    @property
    def changed(self) -> bool:
        """Whether the policy before said something else."""
        return self.before is not None and self.before != self.value


def rules(policies: Policies, policy: Policy) -> list[Rule]:
    """Every rule of one policy in the order of the file, beside its value in the one before."""
    earlier = [other for other in policies.policy if other.valid_from < policy.valid_from]
    before = {key: value for key, value, _ in _leaves(earlier[-1])} if earlier else {}
    return [Rule(key, value, meaning, before.get(key)) for key, value, meaning in _leaves(policy)]


def compared(before: Policy, after: Policy) -> list[Rule]:
    """The rules that `after` says otherwise than `before`, or that only one of them has, in the order of the file."""
    old = {key: (value, meaning) for key, value, meaning in _leaves(before)}
    new = {key: (value, meaning) for key, value, meaning in _leaves(after)}
    nothing = ("–", "")
    every = (
        Rule(key, new.get(key, nothing)[0], (new.get(key) or old[key])[1], old.get(key, nothing)[0])
        for key in dict.fromkeys((*old, *new))
    )
    return [rule for rule in every if rule.changed]


def _leaves(group: BaseModel, path: str = "") -> Iterator[tuple[str, str, str]]:
    for name, field in type(group).model_fields.items():
        value, key = getattr(group, name), f"{path}{name}"
        if isinstance(value, BaseModel):
            yield from _leaves(value, f"{key}.")
        elif isinstance(value, dict):
            for word, inner in value.items():
                yield from _leaves(inner, f"{key}.{word}.")
        else:
            yield key, _written(value), field.description or ""


def _written(value: object) -> str:
    """The value as people write it; nothing, an empty text and an empty list are a dash."""
    if isinstance(value, BaseModel):
        return ", ".join(f"{name} {_written(each)}" for name, each in value)
    if isinstance(value, tuple):
        return "; ".join(_written(each) for each in value) or "–"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value in (None, "") else str(value)
