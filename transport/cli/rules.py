"""`transport policy check` and `transport policy explain`: the rules of the service, looked at before they hold."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from transport.cli.refusals import refused
from transport.kernel import clock, policy
from transport.kernel.policy import explaining
from transport.kernel.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The rules of the service.")

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
File = Annotated[Path | None, typer.Argument(help="Rules to look at instead of those in force.", show_default=False)]
OnDay = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day of the ride; today if not said.")
]


@app.command()
def check(file: File = None, *, as_json: AsJson = False) -> None:
    """Read the rules and name every fault by line and key; a service does not start with a faulty file."""
    with refused():
        found = policy.load(_file(file))
    spans = [{"id": each.id, "from": str(each.valid_from), "until": _until(each)} for each in found.policy]
    if as_json:
        typer.echo(json.dumps(spans))
        return
    for span in spans:
        typer.echo(f"{span['id']}: {span['from']} to {span['until'] or 'further notice'}")


@app.command()
def explain(file: File = None, *, on: OnDay = None, changes: bool = False, as_json: AsJson = False) -> None:
    """Every rule in force on a day with its meaning; --changes shows only what the policy before said otherwise."""
    day = on.date() if on else clock.local_day(clock.utc_now())
    with refused():
        policies = policy.load(_file(file))
        in_force = policies.on(day)
    shown = [rule for rule in explaining.rules(policies, in_force) if rule.changed or not changes]
    if as_json:
        typer.echo(json.dumps({"policy": in_force.id, "rules": [asdict(rule) for rule in shown]}, ensure_ascii=False))
        return
    typer.echo(f"{in_force.title} ({in_force.id})")
    for rule in shown:
        before = f" (before: {rule.before})" if rule.changed else ""
        typer.echo(f"{rule.key} = {rule.value}{before}\n    {rule.meaning}")


def _file(file: Path | None) -> Path:
    return file or Settings().data_dir / "service.toml"


def _until(found: policy.Policy) -> str | None:
    return None if found.valid_until is None else str(found.valid_until)
