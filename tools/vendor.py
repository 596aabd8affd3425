"""Fetch the few scripts of others that pages for staff load, exactly as tools/vendor.json names them.

    python -m tools.vendor            fetch what is missing and check everything
    python -m tools.vendor --accept   ... and write down the hashes of what came, after a change of version

Each package is fetched with npm, its named files are put into transport/api/static/vendor/<package>-<version>/, and
every file must have the hash written down. A test of the house compares the committed files with the list.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

HOME = Path(__file__).resolve().parents[1]
LIST = HOME / "tools" / "vendor.json"
VENDOR = HOME / "transport" / "api" / "static" / "vendor"


def main(*, accept: bool) -> int:
    """Bring the folder in line with the list; 1 after one sentence for each file that is not what it should be."""
    packages = json.loads(LIST.read_text(encoding="utf-8"))
    for package in packages:
        if accept or any(not target(package, name).exists() for name in package["files"]):
            fetch(package)
        if accept:
            package["files"] = {name: digest(target(package, name)) for name in package["files"]}
    if accept:
        LIST.write_text(json.dumps(packages, indent=2) + "\n", encoding="utf-8")
    wrong = [str(target(each, name)) for each in packages for name in each["files"] if is_other(each, name)]
    for path in wrong:
        print(f"vendor: {path} is not the file that tools/vendor.json names", file=sys.stderr)
    return 1 if wrong else 0


def target(package: dict[str, Any], name: str) -> Path:
    """Where a file of a package stands here: its folder in the package does not matter, images keep theirs."""
    inner = PurePosixPath(name.removeprefix("dist/"))
    return VENDOR / f"{package['package']}-{package['version']}" / inner


def is_other(package: dict[str, Any], name: str) -> bool:
    """Whether the file is missing or not the one written down."""
    path = target(package, name)
    return not path.exists() or digest(path) != package["files"][name]


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch(package: dict[str, Any]) -> None:
    """Take the named files out of the package as npm delivers it."""
    with tempfile.TemporaryDirectory(prefix="transport-vendor-") as folder:
        asked = f"{package['package']}@{package['version']}"
        subprocess.run(["npm", "pack", asked, "--silent", "--pack-destination", folder], check=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            for name in package["files"]:
                content = archive.extractfile(f"package/{name}")
                if content is None:
                    raise FileNotFoundError(f"{asked} has no {name}")
                target(package, name).parent.mkdir(parents=True, exist_ok=True)
                target(package, name).write_bytes(content.read())


if __name__ == "__main__":
    sys.exit(main(accept="--accept" in sys.argv[1:]))
