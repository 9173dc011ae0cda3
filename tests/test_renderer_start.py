"""Finding a renderer on machines of every kind."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numba import njit

from mask3d.errors import RendererUnavailableError
from mask3d.jit import kernel
from mask3d.renderer import headless_gl, open_renderer


@pytest.fixture
def machine_without_gl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headless_gl, "_started", [])
    monkeypatch.setattr(headless_gl, "egl_libraries", lambda hardware_only: iter(()))
    monkeypatch.setattr(headless_gl, "osmesa_libraries", lambda: iter(()))
    monkeypatch.delitem(sys.modules, "OpenGL.platform", raising=False)


def test_an_unknown_renderer_is_refused() -> None:
    with pytest.raises(ValueError, match="'crayon'"):
        open_renderer("crayon")


@pytest.mark.usefixtures("machine_without_gl")
def test_without_gl_auto_is_numba() -> None:
    assert open_renderer("auto").name == "numba"
    assert open_renderer().name == "numba"


@pytest.mark.usefixtures("machine_without_gl")
def test_without_gl_pyrender_says_what_to_install() -> None:
    with pytest.raises(RendererUnavailableError, match=r"mask3d\[softgl\]"):
        open_renderer("pyrender")


@pytest.mark.usefixtures("machine_without_gl")
def test_a_foreign_opengl_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "OpenGL.platform", ModuleType("OpenGL.platform"))
    with pytest.raises(RendererUnavailableError, match="imported before"):
        open_renderer("pyrender")
    assert open_renderer("auto").name == "numba"


def test_kernels_do_without_a_folder_to_keep_them_in() -> None:
    scope: dict[str, Any] = {}
    exec(compile("def inverse(x):\n    return 1 / x", "<no file>", "exec"), scope)
    with pytest.raises(RuntimeError, match="cannot cache"):
        njit(cache=True)(scope["inverse"])
    assert kernel(scope["inverse"])(0.0) == np.inf


def test_nothing_loads_opengl_before_it_is_asked_for() -> None:
    code = (
        "import sys, mask3d.renderer; sys.exit(not {'OpenGL', 'pyrender'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
