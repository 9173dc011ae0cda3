"""Fine surfaces over a grid of cage points: splines, pleats, rims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from mask3d.arrays import FloatArray, IntArray
from mask3d.rig import Surface

INNER_OCCLUSION = 0.5


def spline_matrix(count: int, per_span: int, *, closed: bool = False) -> FloatArray:
    """Catmull-Rom weights (m, count) of `per_span` samples a span of `count` points.

    An open line is prolonged by its end tangent; a closed one has as many
    spans as points.
    """
    spans = count if closed else count - 1
    knots = np.arange(spans * per_span + (0 if closed else 1)) / per_span
    matrix = np.zeros((len(knots), count))
    for row, t in enumerate(knots):
        i = min(int(t), spans - 1)
        f = t - i
        taps = (
            (-f + 2 * f**2 - f**3) / 2,
            (2 - 5 * f**2 + 3 * f**3) / 2,
            (f + 4 * f**2 - 3 * f**3) / 2,
            (-(f**2) + f**3) / 2,
        )
        for k, weight in enumerate(taps, start=i - 1):
            if closed:
                matrix[row, k % count] += weight
            elif k < 0:
                matrix[row, 0] += 2 * weight
                matrix[row, 1] -= weight
            elif k >= count:
                matrix[row, -1] += 2 * weight
                matrix[row, -2] -= weight
            else:
                matrix[row, k] += weight
    return matrix


@dataclass(frozen=True)
class Row:
    """One row of fine vertices across the sheet.

    Attributes
    ----------
    weights : (R,) over the cage's rows
    v_mm : place on the unfolded sheet, from its top
    pleat : index of the pleat that moves it, -1 for none
    fold : way along the gap per length and per slack, lift in mm and per slack
    occlusion : ambient factor
    torn : no faces between this row and the one before (a crease keeps two normals)
    under : the cloth between this row and the one before lies double, under what is above it
    """

    weights: FloatArray
    v_mm: float
    pleat: int = -1
    fold: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    occlusion: float = 1.0
    torn: bool = False
    under: bool = False


@dataclass(frozen=True)
class GridSurface:
    """Rows by columns of fine vertices.

    Attributes
    ----------
    rows : of the fine surface
    columns : (m, C) weights over the cage's columns
    gap_rows : (2P, R) difference of cage rows across each pleat, then on to the row after it
    closed : the last column joins the first
    torn_column : no faces between this column and the one before; 0 for none
    """

    rows: Sequence[Row]
    columns: FloatArray
    gap_rows: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    closed: bool = False
    torn_column: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of fine vertices."""
        return len(self.rows), len(self.columns)

    def weights(self) -> sparse.csr_array:
        """Fine vertices from cage points, (n, N)."""
        rows = sparse.csr_array(np.array([row.weights for row in self.rows]))
        return sparse.csr_array(sparse.kron(rows, sparse.csr_array(self.columns), format="csr"))

    def gaps(self) -> sparse.csr_array:
        """Vectors across the pleats and on from there, (2P * columns, N); none gives (0, N)."""
        cage_points = len(self.rows[0].weights) * self.columns.shape[1]
        if not len(self.gap_rows):
            return sparse.csr_array((0, cage_points))
        rows = sparse.csr_array(self.gap_rows)
        return sparse.csr_array(sparse.kron(rows, sparse.csr_array(self.columns), format="csr"))

    def gap_of(self) -> IntArray:
        """Pleat and column of each fine vertex in the order of `gaps`, (n,)."""
        pleats = np.array([row.pleat for row in self.rows])[:, None]
        columns = np.arange(len(self.columns))
        return np.where(pleats < 0, -1, pleats * len(self.columns) + columns).ravel()

    def fold(self) -> FloatArray:
        """Fold coefficients of each fine vertex, (n, 4)."""
        return np.repeat([row.fold for row in self.rows], len(self.columns), axis=0)

    def occlusion(self) -> FloatArray:
        """Ambient factor of each fine vertex, (n,)."""
        return np.repeat([row.occlusion for row in self.rows], len(self.columns))

    def v_mm(self) -> FloatArray:
        """Place of each fine vertex down the unfolded sheet, (n,)."""
        return np.repeat([row.v_mm for row in self.rows], len(self.columns))

    def outer_faces(self) -> IntArray:
        """Triangles of the outer side, turned so that columns x rows point inwards.

        Cells are halved along a diagonal, those that lie under others as their mirror
        images at the crease: halved alike, both layers would cut through each other there.
        """
        index = np.arange(np.prod(self.shape)).reshape(self.shape)
        if self.closed:
            index = np.concatenate([index, index[:, :1]], axis=1)
        joined = [r for r in range(len(self.rows) - 1) if not self.rows[r + 1].torn]
        below = [r + 1 for r in joined]
        left = [k for k in range(index.shape[1] - 1) if k + 1 != self.torn_column]
        right = [k + 1 for k in left]
        a, b = index[np.ix_(joined, left)].ravel(), index[np.ix_(joined, right)].ravel()
        d, c = index[np.ix_(below, left)].ravel(), index[np.ix_(below, right)].ravel()
        under = np.repeat([self.rows[r].under for r in below], len(left))[:, None]
        upper = np.where(under, np.stack([a, d, c], axis=1), np.stack([a, d, b], axis=1))
        lower = np.where(under, np.stack([a, c, b], axis=1), np.stack([b, d, c], axis=1))
        return np.concatenate([upper, lower])


def unpleated(
    grid: GridSurface,
    outer_faces: IntArray,
    uv: FloatArray,
    relief_mm: FloatArray,
    creases_mm: FloatArray,
    occlusion: FloatArray,
    thickness_mm: float,
) -> Surface:
    """Surface of a grid without pleats; its inner side lies in the dark.

    Parameters
    ----------
    outer_faces : (F, 3)
    uv : (2n, 2)
    relief_mm, occlusion : (n,)
    creases_mm : (CREASE_SETS, n)
    """
    n = len(relief_mm)
    return Surface(
        weights=grid.weights(),
        gaps=grid.gaps(),
        gap_of=grid.gap_of(),
        fold=grid.fold(),
        open_mm=0.0,
        slack_mm=np.zeros(2),
        relief_mm=relief_mm,
        creases_mm=creases_mm,
        thickness_mm=thickness_mm,
        faces=double_sided(outer_faces, n),
        uv=uv,
        occlusion=np.concatenate([occlusion, np.full(n, INNER_OCCLUSION)]),
    )


def grid_faces(rows: int, columns: int, *, closed: bool = False) -> IntArray:
    """Triangles (F, 3) of a plain grid of points."""
    plain = [Row(np.zeros(0), 0.0)] * rows
    return GridSurface(plain, np.zeros((columns, 0)), closed=closed).outer_faces()


def double_sided(outer: IntArray, vertices: int) -> IntArray:
    """Add to outer triangles (F, 3) the inner side and the rim that joins the two.

    The inner vertex of i is i + `vertices`. The rim runs along every edge that
    only one triangle has.
    """
    edges = np.concatenate([outer[:, [0, 1]], outer[:, [1, 2]], outer[:, [2, 0]]])
    _, first, counts = np.unique(
        np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True
    )
    i, j = edges[first[counts == 1]].T
    rim = np.concatenate(
        [np.stack([j, i, i + vertices], axis=1), np.stack([j, i + vertices, j + vertices], axis=1)]
    )
    return np.concatenate([outer, outer[:, ::-1] + vertices, rim])
