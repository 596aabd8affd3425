"""Find a Chromium for the browser tests and the screenshots, or get one.

    python -m tools.browser     prints the path of a browser that is there now, installing one if need be

An installed Chromium is taken first; then, as root on Debian or Ubuntu, the package; then the build that
Playwright downloads. What cannot be had is said in one sentence.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
"""A test browser talks to the server under test and to nobody else."""


def find() -> Path | None:
    """The browser to use, if any: TRANSPORT_TEST_BROWSER, else one on the path, else Playwright's own."""
    named = os.environ.get("TRANSPORT_TEST_BROWSER")
    if named:
        return Path(named) if Path(named).exists() else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None


def flags() -> list[str]:
    """Switches to start it with; root has no sandbox."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)


def install() -> None:
    """Try the system's package, then Playwright's build; what went wrong is on the terminal."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No Chromium found; installing the package chromium.", file=sys.stderr)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        wanted = ["chromium", "fonts-liberation"]
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet, stdout=sys.stderr)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
        subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL)
        if find():
            return
    print("Asking Playwright for its Chromium.", file=sys.stderr)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, check=False, stdout=sys.stderr)


def main() -> int:
    """Print the path of a browser; 1 after one sentence if there is none to be had."""
    found = find()
    if found is None:
        install()
        found = find()
    if found is None:
        print(
            "browser: the tests need Chromium and none could be installed;"
            " install it, or name one in TRANSPORT_TEST_BROWSER.",
            file=sys.stderr,
        )
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
