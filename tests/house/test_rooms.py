"""Rooms do the work and nothing else: they neither commit nor look at the clock or the environment."""

import ast

from tests.house.code import HOME, HOUSE, ROOMS, calls, modules, tree, where

KERNEL_THAT_MAY = {
    "commit": {"db.py", "events.py"},  # events.failed counts a failure beside the transaction that failed
    "clock": {"clock.py"},
    "environment": {"settings.py"},
}
OWN_FILE = {"transport/routing/geo/addresses.py"}
"""Writes a file of its own beside the database, and is its only writer."""

CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime"}
"""A stopwatch (`time.monotonic`, `time.perf_counter`) tells no time of day and is allowed."""

LONGEST_FILE = 400


def test_rooms_never_commit_or_roll_back():
    guilty = [
        where(path, call)
        for path in modules(*ROOMS)
        if path.relative_to(HOME).as_posix() not in OWN_FILE
        for call, name in calls(path)
        if name.endswith((".commit", ".rollback"))
    ]
    guilty += [
        where(path, call)
        for path in modules("kernel")
        if path.name not in KERNEL_THAT_MAY["commit"]
        for call, name in calls(path)
        if name.endswith((".commit", ".rollback"))
    ]
    assert guilty == [], "a door opens and commits the transaction; a room only works in it"


def test_rooms_never_open_a_transaction():
    guilty = [
        where(path, node)
        for path in modules(*ROOMS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and node.module == "transport.kernel.db"
        and {alias.name for alias in node.names} & {"writing", "reading"}
    ]
    assert guilty == [], "a use case gets its session from the door"


def test_rooms_never_look_at_the_clock():
    guilty = [
        where(path, call)
        for path in [*modules(*ROOMS), *modules("kernel")]
        if path.parent.name != "kernel" or path.name not in KERNEL_THAT_MAY["clock"]
        for call, name in calls(path)
        if name in CLOCKS or name.removeprefix("datetime.") in CLOCKS
    ]
    assert guilty == [], "the door reads the clock once and passes `now` on"


def test_rooms_never_read_the_environment():
    guilty = [
        where(path, node)
        for path in [*modules(*ROOMS), *modules("kernel")]
        if path.parent.name != "kernel" or path.name not in KERNEL_THAT_MAY["environment"]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    ]
    assert guilty == [], "settings are read once, in kernel/settings.py"


def test_every_room_has_a_sign_on_the_door():
    unsigned = [where(path) for path in modules() if path.name == "__init__.py" and not ast.get_docstring(tree(path))]
    assert unsigned == []


def test_no_file_grows_too_long():
    everything = [*modules(), *(HOME / "tests").rglob("*.py"), *(HOME / "tools").rglob("*.py")]
    versions = HOUSE / "migrations" / "versions"
    long = {
        where(path): lines
        for path in everything
        if versions not in path.parents and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}, "one file for one thing; this is two things"


def test_no_module_is_named_after_nothing():
    empty_words = {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "manager",
        "service",
        "misc",
        "base",
        "handler",
    }
    assert [where(path) for path in modules() if path.stem in empty_words] == []


def test_tests_plug_fakes_and_patch_nothing():
    forbidden = "unittest" + ".mock"
    guilty = [where(path) for path in (HOME / "tests").rglob("*.py") if forbidden in path.read_text("utf-8")]
    assert guilty == []
