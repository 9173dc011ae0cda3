from __future__ import annotations

import itertools
import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from mask3d.arrays import ByteArray, FloatArray
from mask3d.image_io import read_photo
from mask3d.landmarks import EmbeddedDetector, Landmarks, open_detector
from mask3d.landmarks.convention import MIRROR_68
from mask3d.landmarks.facemesh import FaceMesh, FaceMeshView
from mask3d.landmarks.yunet import Detection, YuNet, same_face, without_duplicates
from tests.aflw2000 import AFLW2000_DIR
from tests.heads import head_photo
from tests.portraits import astronaut, hopper, placed


@pytest.fixture(scope="module")
def detector() -> EmbeddedDetector:
    return EmbeddedDetector()


@pytest.fixture(params=[astronaut, hopper], ids=["astronaut", "hopper"])
def portrait(request: pytest.FixtureRequest) -> ByteArray:
    rgb: ByteArray = request.param()
    return rgb


class _Detections:
    """A detector that answers the same whatever it sees."""

    def __init__(self, *detections: Detection) -> None:
        self._detections = list(detections)

    def detect(self, _rgb: ByteArray) -> list[Detection]:
        return self._detections


def _given(*detections: Detection) -> EmbeddedDetector:
    detector = EmbeddedDetector()
    detector._yunet = _Detections(*detections)  # type: ignore[assignment]
    return detector


def _only(faces: list[Landmarks]) -> Landmarks:
    (face,) = faces
    return face


def _face_px(points_px: FloatArray) -> float:
    return float(np.sqrt(np.prod(np.ptp(points_px[:, :2], axis=0))))


def _distance(points_px: FloatArray, other_px: FloatArray) -> float:
    """Mean 2D distance as a fraction of the face."""
    distance_px = np.linalg.norm(points_px[:, :2] - other_px[:, :2], axis=1).mean()
    return float(distance_px) / _face_px(other_px)


def _moved(points_px: FloatArray, affine: FloatArray) -> FloatArray:
    return points_px[:, :2] @ affine[:, :2].T + affine[:, 2]


def _similarity(rgb: ByteArray, scale: float, roll_deg: float) -> FloatArray:
    """Affine (2, 3): about the centre, clockwise."""
    height, width = rgb.shape[:2]
    centre = ((width - 1) / 2, (height - 1) / 2)
    return np.asarray(cv2.getRotationMatrix2D(centre, -roll_deg, scale), np.float64)


def test_a_portrait_holds_one_trusted_face(detector: EmbeddedDetector, portrait: ByteArray) -> None:
    face = _only(detector.detect(portrait))
    assert face.confidence > 0.9
    assert face.score > 0.8
    assert abs(face.yaw_deg) < 30
    centre_px = face.points_px[:, :2].mean(axis=0)
    assert (face.box_px[:2] < centre_px).all()
    assert (centre_px < face.box_px[2:]).all()


def test_points_stand_in_the_order_of_ibug_68(
    detector: EmbeddedDetector, portrait: ByteArray
) -> None:
    x, y, z = _only(detector.detect(portrait)).points_px.T
    assert (np.diff(y[27:31]) > 0).all()  # down the bridge of the nose
    assert y[17:27].max() < y[36:48].min() < y[36:48].max() < y[30] < y[48:].min() < y[8]
    assert x[0] < x[36] < x[39] < x[42] < x[45] < x[16]  # the subject's right is image left
    assert x[48] < x[60] < x[64] < x[54]
    assert z[30] > z[[0, 8, 16, 36, 45]].max()  # the nose is nearest


def test_a_mirrored_photo_has_the_mirrored_face(
    detector: EmbeddedDetector, portrait: ByteArray
) -> None:
    face = _only(detector.detect(portrait))
    mirrored = _only(detector.detect(np.ascontiguousarray(portrait[:, ::-1])))
    back_px = mirrored.points_px[MIRROR_68] * (-1, 1, 1) + (portrait.shape[1] - 1, 0, 0)
    assert _distance(back_px, face.points_px) < 0.01
    assert abs((back_px - face.points_px)[:, 0].mean()) < 0.003 * _face_px(face.points_px)
    np.testing.assert_allclose(mirrored.yaw_deg, -face.yaw_deg, atol=2)
    np.testing.assert_allclose(mirrored.pitch_deg, face.pitch_deg, atol=2)
    np.testing.assert_allclose(mirrored.roll_deg, -face.roll_deg, atol=1)


@pytest.mark.parametrize("scale", [0.4, 2.5, 6.0])
def test_points_scale_with_the_photo(detector: EmbeddedDetector, scale: float) -> None:
    rgb = hopper()
    face = _only(detector.detect(rgb))
    height, width = rgb.shape[:2]
    wh = (round(width * scale), round(height * scale))
    resized = cv2.resize(rgb, wh, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    scaled = _only(detector.detect(resized.astype(np.uint8)))
    want_px = (face.points_px[:, :2] + 0.5) * scale - 0.5  # pixel centres lie at integers
    assert _distance(scaled.points_px, want_px) < 0.02


@pytest.mark.parametrize("roll_deg", [-40, 25])
def test_points_and_roll_turn_with_the_photo(detector: EmbeddedDetector, roll_deg: int) -> None:
    rgb = hopper()
    face = _only(detector.detect(rgb))
    affine = _similarity(rgb, 0.7, roll_deg)
    turned = _only(detector.detect(placed(rgb, (rgb.shape[1], rgb.shape[0]), affine)))
    assert _distance(turned.points_px, _moved(face.points_px, affine)) < 0.03
    np.testing.assert_allclose(turned.roll_deg - face.roll_deg, roll_deg, atol=3)


def test_every_face_is_found_once_and_the_largest_first(detector: EmbeddedDetector) -> None:
    scales = (0.5, 1.0, 0.25)
    photo = np.full((700, 1200, 3), 128, np.uint8)
    for column, scale in enumerate(scales):
        affine = np.array([[scale, 0, 400 * column], [0, scale, 100]])
        one = placed(hopper()[:, 100:480], (1200, 700), affine)
        photo = np.where((one == 128).all(axis=2, keepdims=True), photo, one)
    faces = detector.detect(photo)
    assert [int(face.points_px[:, 0].mean() // 400) for face in faces] == [1, 0, 2]


def test_a_small_face_in_a_huge_photo_is_found(detector: EmbeddedDetector) -> None:
    affine = np.array([[0.2, 0, 2500], [0, 0.2, 1500]])
    face = _only(detector.detect(placed(hopper(), (3000, 2000), affine)))
    want_px = _moved(_only(detector.detect(hopper())).points_px, affine)
    assert _distance(face.points_px, want_px) < 0.06


@pytest.mark.parametrize("shape", [(64, 64), (1, 1), (3, 2000), (2000, 900)])
def test_there_is_no_face_in_noise_or_on_a_wall(
    detector: EmbeddedDetector, shape: tuple[int, int]
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert detector.detect(noise) == []
    assert detector.detect(np.full((*shape, 3), 128, np.uint8)) == []


def test_a_face_seen_at_both_scales_is_one_detection() -> None:
    large = cv2.resize(hopper(), None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    boxes_px = [face.box_px for face in YuNet().detect(large.astype(np.uint8))]
    pairs = itertools.combinations(boxes_px, 2)
    assert boxes_px
    assert not any(same_face(box_px, other_px) for box_px, other_px in pairs)


def test_points_that_slide_onto_a_known_face_are_dropped() -> None:
    (detection,) = YuNet().detect(hopper())
    beside = replace(detection, box_px=detection.box_px + 9)
    faces = _given(detection, beside).detect(hopper())
    np.testing.assert_array_equal(_only(faces).box_px, detection.box_px)


def test_a_weak_box_needs_the_net_to_see_a_face_in_it() -> None:
    (sure,) = YuNet().detect(hopper())
    weak = replace(sure, score=0.4)
    noise = np.random.default_rng(0).integers(0, 256, hopper().shape, np.uint8)
    assert _only(_given(weak).detect(hopper())).confidence > 0.9
    assert _given(weak).detect(noise) == []
    assert _only(_given(sure).detect(noise)).confidence < 0.1


def test_grain_of_a_large_face_is_averaged_before_the_mesh_sees_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2400, 2400, 3), np.uint8)
    keypoints_px = np.array([(900, 1000), (1500, 1000), (1200, 1200), (1000, 1500), (1400, 1500)])
    face = Detection(np.array([500.0, 500.0, 1900.0, 1900.0]), keypoints_px, 0.9)
    crops: list[ByteArray] = []

    def run(_mesh: FaceMesh, crop: ByteArray) -> tuple[FloatArray, float]:
        crops.append(crop)
        return np.random.default_rng(0).uniform(0, 256, (478, 3)), 1.0

    monkeypatch.setattr(FaceMesh, "_run", run)
    FaceMesh().look(noise, face)
    assert crops[0].std() < noise.std() / 5  # one pixel of the crop is the mean of 8.2 x 8.2


def test_two_detectors_agree_to_the_bit(detector: EmbeddedDetector) -> None:
    first = _only(detector.detect(astronaut()))
    detector.detect(hopper())
    again, other = _only(detector.detect(astronaut())), _only(open_detector().detect(astronaut()))
    np.testing.assert_array_equal(again.points_px, first.points_px)
    np.testing.assert_array_equal(other.points_px, first.points_px)


@pytest.mark.parametrize(
    "rgb",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((8, 8, 3), np.float32),
        np.zeros((0, 8, 3), np.uint8),
    ],
    ids=["grey", "alpha", "float", "empty"],
)
def test_what_is_no_photo_is_refused(detector: EmbeddedDetector, rgb: ByteArray) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        detector.detect(rgb)


def test_an_unknown_detector_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'dlib'.*embedded.*face-alignment"):
        open_detector("dlib")


def test_facemesh_is_not_asked_about_profiles(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    look = FaceMesh.look

    def count(mesh: FaceMesh, rgb: ByteArray, detection: Detection) -> FaceMeshView:
        asked.append(1)
        return look(mesh, rgb, detection)

    monkeypatch.setattr(FaceMesh, "look", count)
    EmbeddedDetector().detect(head_photo(85.0)[0].rgb)
    assert not asked
    EmbeddedDetector().detect(head_photo(0.0)[0].rgb)
    assert asked


@pytest.mark.parametrize("yaw_deg", [-90.0, -60.0, -30.0, 0.0, 45.0, 75.0])
def test_heads_are_found_from_every_side(detector: EmbeddedDetector, yaw_deg: float) -> None:
    photo, exact = head_photo(yaw_deg)
    face = _only(detector.detect(photo.rgb))
    assert face.confidence >= 0.5
    assert abs(face.yaw_deg - yaw_deg) < 15
    # FaceMesh and AFLW mark other places than the head model: 2 % of the face away from the
    # front, 8.2 % in full profile
    assert _distance(face.points_px, exact.points_px) < 0.09


@pytest.mark.parametrize(
    ("other_px", "same"),
    [
        ((0, 0, 100, 100), True),
        ((40, 0, 140, 100), True),  # IoU 0.43
        ((60, 0, 160, 100), False),  # IoU 0.25
        ((30, 30, 60, 60), True),  # inside
        ((90, 90, 120, 120), False),
        ((200, 0, 300, 100), False),
    ],
)
def test_boxes_of_one_face_are_told_apart_from_neighbours(
    other_px: tuple[float, ...], same: bool
) -> None:
    box_px, other = np.array([0.0, 0, 100, 100]), np.array(other_px, float)
    assert same_face(box_px, other) is same
    assert same_face(other, box_px) is same


def test_of_duplicates_the_first_stays() -> None:
    boxes = [(0, 0, 10, 10), (1, 0, 11, 10), (50, 0, 60, 10), (0, 1, 10, 11)]
    faces = [Detection(np.array(box, float), np.zeros((5, 2)), 0.5) for box in boxes]
    assert without_duplicates(faces) == [faces[0], faces[2]]


@pytest.mark.skipif(not AFLW2000_DIR.is_dir(), reason="the photos lie outside of the project")
def test_points_lie_where_people_put_them(detector: EmbeddedDetector) -> None:
    labels = json.loads((AFLW2000_DIR / "labels.json").read_text(encoding="utf-8"))
    frontal = sorted(image for image in labels if abs(labels[image]["yaw_deg"]) < 30)[:20]
    errors = []
    for image in frontal:
        want_px = np.array(labels[image]["points68"])
        faces = detector.detect(read_photo(AFLW2000_DIR / image).rgb)
        errors.append(min(_distance(face.points_px, want_px) for face in faces))
    assert np.mean(errors) < 0.032
