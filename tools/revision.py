"""Write the next step of the database from what the models say now.

    python -m tools.revision "what changes"

The step is the difference between the models and a database made by all the steps so far, in a file that is thrown
away. It is a draft: read it, mend what a machine cannot know (a renamed column, data that must move along).
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from transport.kernel import db
from transport.migrations import chain

HOME = Path(__file__).resolve().parents[1]


def main(message: str) -> int:
    """Write the step and put it in order; 1 after one sentence when there is nothing to write."""
    if not message:
        print('revision: say what changes: make revision MESSAGE="a ride has a colour"', file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="transport-revision-") as folder:
        engine = db.connect(f"sqlite:///{folder}/all-steps.db")
        if chain.newest():
            chain.upgrade(engine)
        if not chain.differences(engine):
            print("revision: the steps lead to what the models describe already", file=sys.stderr)
            return 1
        path = chain.write(engine, message)
        engine.dispose()
    for command in (["check", "--fix", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, str(path)], check=False)
    print(path.relative_to(HOME))
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
