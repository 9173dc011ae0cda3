from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

from mask3d.errors import MissingPackageError, MissingWeightsError
from mask3d.landmarks import FanDetector, fan
from tests.portraits import hopper


def _publish(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Let the file at `path` pass for the published one."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(fan, "FILE_SHA256_START", sha256[:10])


def test_missing_weights_name_the_file_the_folder_and_the_source(tmp_path: Path) -> None:
    with pytest.raises(MissingWeightsError) as caught:
        FanDetector(tmp_path)
    assert fan.FILE_NAME in caught.value.message
    assert str(tmp_path) in caught.value.message
    assert f"https://www.adrianbulat.com/downloads/python-fan/{fan.FILE_NAME}" in str(caught.value)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / fan.FILE_NAME).write_bytes(b"cut short")
    with pytest.raises(MissingWeightsError, match="expected 7835d9f11d"):
        FanDetector(tmp_path)


def test_the_published_hash_is_the_one_in_the_name() -> None:
    assert f"-{fan.FILE_SHA256_START}." in fan.FILE_NAME


def test_a_missing_package_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / fan.FILE_NAME).write_bytes(b"weights")
    _publish(monkeypatch, tmp_path / fan.FILE_NAME)
    monkeypatch.setitem(sys.modules, "face_alignment", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'mask3d\[fan\]'"):
        FanDetector(tmp_path)


def test_weights_are_searched_where_torch_hub_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.delenv("TORCH_HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    tail = Path("torch", "hub", "checkpoints")
    assert fan.default_weights_dir() == tmp_path / "home" / ".cache" / tail
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert fan.default_weights_dir() == tmp_path / "cache" / tail
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch_home"))
    assert fan.default_weights_dir() == tmp_path / "torch_home" / "hub" / "checkpoints"
    with pytest.raises(MissingWeightsError, match="torch_home"):
        FanDetector()


def test_a_checkpoint_of_the_right_shape_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    models = pytest.importorskip("face_alignment.models")
    torch.manual_seed(0)
    torch.save(models.FAN(4).state_dict(), tmp_path / fan.FILE_NAME)
    _publish(monkeypatch, tmp_path / fan.FILE_NAME)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "empty"))
    detector = FanDetector(tmp_path)
    (face,) = detector.detect(hopper())
    corner_px, far_corner_px = face.box_px[:2], face.box_px[2:]
    margin_px = far_corner_px - corner_px  # the network looks at little more than the box
    assert (face.points_px[:, :2] > corner_px - margin_px).all()
    assert (face.points_px[:, :2] < far_corner_px + margin_px).all()
    assert 0 <= face.confidence <= 1
    assert face.source == fan.SOURCE
    assert detector.detect(np.zeros((64, 64, 3), np.uint8)) == []
    assert not (tmp_path / "empty").exists()  # nothing was looked for elsewhere
