"""Fixtures of several test files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mask3d.errors import RendererUnavailableError
from mask3d.face_model import FaceModel, load_face_model
from mask3d.renderer import Renderer, open_renderer
from mask3d.renderer.headless_gl import start_gl


@pytest.fixture(scope="session")
def model() -> FaceModel:
    return load_face_model()


@pytest.fixture(scope="module", params=["numba", "pyrender"])
def renderer(request: pytest.FixtureRequest) -> Iterator[Renderer]:
    """Each in turn, for laws that hold for all."""
    if request.param == "pyrender":
        try:
            start_gl()
        except RendererUnavailableError as error:
            pytest.skip(str(error))
    opened = open_renderer(request.param)
    yield opened
    opened.close()
