"""Fixtures of several test files."""

from __future__ import annotations

import pytest

from mask3d.face_model import FaceModel, load_face_model


@pytest.fixture(scope="session")
def model() -> FaceModel:
    return load_face_model()
