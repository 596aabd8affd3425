"""Find the libraries that lay out text for PDFs, or get them.

    python -m tools.paper     says what is missing, installing it if need be and possible

As root on Debian or Ubuntu the packages are installed. Elsewhere what is missing is said in one sentence: everything
but the PDFs works without, and their tests are skipped.
"""

import os
import shutil
import subprocess
import sys

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
"""As the Dockerfile has them."""


def there() -> bool:
    """Whether the library that makes PDFs can be loaded, in a process of its own: what failed once stays failed."""
    tried = subprocess.run([sys.executable, "-c", "import weasyprint"], check=False, capture_output=True)
    return tried.returncode == 0


def install() -> None:
    """Try the packages of the system; what went wrong is on the terminal."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("No Pango found; installing its packages.", file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet, stdout=sys.stderr)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL)


def main() -> int:
    """Make sure of it if that is possible; never stops what needs no PDF."""
    if not there():
        install()
        if not there():
            print(f"paper: no PDF can be made here; install {', '.join(PACKAGES)}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
