"""Make this folder ready to run: an environment with exactly the locked packages, and the project in it.

    python tools/setup.py runtime     what the service needs
    python tools/setup.py dev         what its tests and checks need as well

Standard library only: this runs before anything is installed. A stamp in the environment remembers what was
installed, so that a second call costs nothing.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
ENVIRONMENT = HOME / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
OLDEST = (3, 11)
WARM_UP = "from transport.routing.engine import warm_up; warm_up()"


def main(wanted: str) -> int:
    """Bring the environment up to date; 0 when it is, 1 after one sentence about what is missing."""
    if sys.version_info < OLDEST:
        return complain(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    if wanted not in ("runtime", "dev"):
        return complain("Say 'runtime' or 'dev'.")
    if is_installed("dev") or is_installed(wanted):
        return 0
    print(f"Setting up .venv with requirements/{wanted}.lock; the first time takes a few minutes.")
    create = [sys.executable, "-m", "venv", str(ENVIRONMENT)]
    if not PYTHON.exists() and subprocess.run(create, check=False).returncode:
        return complain("Python cannot make a virtual environment; on Debian or Ubuntu install python3-venv.")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install"]
    pip += ["--no-compile"]  # of all that is installed little is ever imported; Python compiles that by itself
    pip += ["--quiet", "--progress-bar", "off"] if os.environ.get("CI") else []
    lock = HOME / "requirements" / f"{wanted}.lock"
    if subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=False).returncode:
        return complain(f"requirements/{wanted}.lock could not be installed; pip says why above.")
    project = [*pip, "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(HOME)]
    if subprocess.run(project, check=False).returncode:
        return complain("The project itself could not be installed; pip says why above.")
    print("Compiling the planner for this machine; about a minute, once.")
    if subprocess.run([str(PYTHON), "-c", WARM_UP], cwd=HOME, check=False).returncode:
        return complain("The planner could not be compiled; the reason stands above.")
    stamp(wanted).write_text(fingerprint(wanted), encoding="utf-8")
    return 0


def is_installed(wanted: str) -> bool:
    """Whether the environment holds exactly what the lock file says now."""
    return stamp(wanted).exists() and stamp(wanted).read_text(encoding="utf-8") == fingerprint(wanted)


def stamp(wanted: str) -> Path:
    """Where the environment remembers what was installed into it."""
    return ENVIRONMENT / f".installed-{wanted}"


def fingerprint(wanted: str) -> str:
    """Changes when a new installation is necessary: other packages, or the folder has been moved."""
    lock = (HOME / "requirements" / f"{wanted}.lock").read_bytes()
    return hashlib.sha256(str(HOME).encode() + lock).hexdigest()


def complain(sentence: str) -> int:
    """One sentence for the person at the terminal, and the exit code of failure."""
    print(f"setup: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "runtime"))
