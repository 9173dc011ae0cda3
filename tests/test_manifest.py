from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from mask3d.errors import NoFaceError
from mask3d.manifest import MANIFEST_NAME, ManifestLine, image_line, open_manifest


def lines_of(folder: Path) -> list[dict[str, object]]:
    text = (folder / MANIFEST_NAME).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_line_has_every_field_in_order() -> None:
    record = json.loads(ManifestLine("a.jpg").to_json())
    assert list(record) == [field.name for field in fields(ManifestLine)]
    assert set(record["versions"]) == {"mask3d", "numpy", "opencv", "pillow"}


def test_an_image_without_a_face_says_why() -> None:
    line = image_line("a.jpg", NoFaceError("no face was found", "look again"), seed=7)
    assert (line.status, line.code, line.message, line.remedy, line.seed, line.output) == (
        "failed", "no-face", "no face was found", "look again", 7, None,
    )  # fmt: skip


def test_names_of_any_kind_come_back(tmp_path: Path) -> None:
    names = ["a.b.jpg", "süß/写真 1.jpg", "broken_\udcff.jpg", 'quote".jpg']
    with open_manifest(tmp_path) as add_line:
        for name in names:
            add_line(ManifestLine(name))
    assert [line["image"] for line in lines_of(tmp_path)] == names
    assert "写真" in (tmp_path / MANIFEST_NAME).read_text(encoding="utf-8")


def test_the_old_manifest_stays_until_the_run_ends(tmp_path: Path) -> None:
    with open_manifest(tmp_path) as add_line:
        add_line(ManifestLine("old.jpg"))
    with open_manifest(tmp_path) as add_line:
        add_line(ManifestLine("new.jpg"))
        assert lines_of(tmp_path)[0]["image"] == "old.jpg"
        partial = (tmp_path / f"{MANIFEST_NAME}.partial").read_text(encoding="utf-8")
        assert json.loads(partial)["image"] == "new.jpg"  # on disk as soon as it is written
    assert [line["image"] for line in lines_of(tmp_path)] == ["new.jpg"]
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST_NAME]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_what_was_finished_before_a_stop_is_on_record(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    with pytest.raises(stop), open_manifest(tmp_path) as add_line:
        add_line(ManifestLine("done.jpg"))
        raise stop
    assert [line["image"] for line in lines_of(tmp_path)] == ["done.jpg"]
