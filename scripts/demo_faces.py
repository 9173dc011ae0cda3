"""Collect faces that anybody may use: two public-domain portraits and renderings of our own head.

    python -m scripts.demo_faces FOLDER

writes the photos and ``landmarks.jsonl``: what the embedded detector finds in
the portraits, and the exact points of the renderings, profiles among them.
"""

from __future__ import annotations

import argparse
import shutil
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from mask3d.arrays import ByteArray, FloatArray
from mask3d.camera import Camera, transform
from mask3d.composite import composite_over
from mask3d.face import FaceFit, pose_deg
from mask3d.face_model import FaceModel, load_face_model, neck_sleeve
from mask3d.geometry import vertex_normals
from mask3d.image_io import read_photo, write_photo
from mask3d.landmarks import Landmarks, open_detector, write_landmarks
from mask3d.lighting import Lighting
from mask3d.material import opaque
from mask3d.mesh import Mesh
from mask3d.photo import Encoding, Photo
from mask3d.renderer import Renderer, open_renderer
from scripts.head_paint import Complexion, head_uv, paint_head

PORTRAITS = (  # package, path in it: a photo of the US Navy and one of NASA
    ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
    ("skimage", "data/astronaut.png"),
)
YAWS_DEG = range(-90, 91, 30)
SEED = 2
SIDE_PX = 512
WALL = np.array([176, 190, 202])  # sRGB
DISTANCE_MM = 900.0
FOCAL_PX = 1580.0
CENTRE_MM = 0.0  # height in the face frame that the camera looks at
SHOULDERS_MM, SHOULDER_SCALE = -240.0, 1.6  # where the neck ends, below the picture


COMPLEXIONS = {
    "mean": Complexion((214, 168, 142), (178, 104, 96), (74, 52, 40), (92, 70, 48)),
    "other": Complexion((150, 102, 76), (128, 72, 66), (34, 28, 26), (52, 36, 28)),
}


def main() -> None:
    """Fill the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    faces = copy_portraits(folder) | render_heads(folder)
    write_landmarks(folder / "landmarks.jsonl", faces)


def copy_portraits(folder: Path) -> dict[str, list[Landmarks]]:
    """Copy the portraits out of their packages and find the faces in them."""
    detector = open_detector()
    faces = {}
    folder.mkdir(parents=True, exist_ok=True)
    for package, path in PORTRAITS:
        with as_file(files(package) / path) as source:
            target = folder / source.name
            shutil.copyfile(source, target)
        faces[target.name] = detector.detect(read_photo(target).rgb)
    return faces


def render_heads(folder: Path) -> dict[str, list[Landmarks]]:
    """Render the mean head and one more at every yaw; their points are known exactly."""
    model = load_face_model()
    rng = np.random.default_rng(SEED)
    identities = {
        "mean": np.zeros(len(model.identity_modes_mm)),
        "other": rng.normal(0.0, 0.8, len(model.identity_modes_mm)),
    }
    renderer = open_renderer("numba")  # the same bytes everywhere
    faces = {}
    for name, identity in identities.items():
        texture = paint_head(model, COMPLEXIONS[name], SEED)
        for number, yaw_deg in enumerate(YAWS_DEG):
            fit = head_at(model, identity, yaw_deg)
            image = f"heads/{name}_{number}_yaw{yaw_deg:+03d}.jpg"
            write_photo(photograph(fit, texture, renderer), folder / image)
            faces[image] = [exact_landmarks(fit)]
    return faces


def head_at(model: FaceModel, identity: FloatArray, yaw_deg: float) -> FaceFit:
    """A head of known shape and pose before the camera of a portrait."""
    expression = np.zeros(len(model.expression_modes_mm))
    cam_from_face = np.eye(4)
    turned = Rotation.from_euler("y", -yaw_deg, degrees=True).as_matrix()
    cam_from_face[:3, :3] = np.diag([1.0, -1.0, -1.0]) @ turned
    cam_from_face[:3, 3] = [0.0, CENTRE_MM, DISTANCE_MM]
    camera = Camera(FOCAL_PX, np.full(2, (SIDE_PX - 1) / 2), (SIDE_PX, SIDE_PX))
    vertices_mm = model.vertices_mm(identity, expression)
    return FaceFit(model, camera, cam_from_face, identity, expression, vertices_mm, 0.0)


def exact_landmarks(fit: FaceFit) -> Landmarks:
    """The 68 points of a rendered head."""
    points_cam = transform(fit.cam_from_face, fit.model.landmarks_mm(fit.vertices_mm))
    nearness_px = (DISTANCE_MM - points_cam[:, 2]) * FOCAL_PX / DISTANCE_MM
    points_px = np.column_stack([fit.camera.project(points_cam), nearness_px])
    box_px = np.concatenate([points_px[:, :2].min(axis=0), points_px[:, :2].max(axis=0)])
    return Landmarks(points_px, box_px, 1.0, 1.0, *pose_deg(fit), "rendered")


def photograph(fit: FaceFit, texture: ByteArray, renderer: Renderer) -> Photo:
    """The head before a plain wall."""
    faces = np.concatenate([fit.model.faces, neck_sleeve(fit.model)[1]])
    vertices_mm = with_longer_neck(fit.model, fit.vertices_mm)
    mean_mm = with_longer_neck(fit.model, fit.model.mean_mm)
    head = Mesh(
        vertices_mm=vertices_mm,
        normals=vertex_normals(vertices_mm, faces),
        faces=faces,
        uv=head_uv(fit.model, mean_mm),
        occlusion=np.ones(len(vertices_mm)),
        material=opaque(texture),
    )
    layer = renderer.render([head], fit, portrait_light())
    return composite_over(layer, Photo(wall(), encoding=Encoding(format="JPEG")))


def with_longer_neck(model: FaceModel, vertices_mm: FloatArray) -> FloatArray:
    """A head's vertices, and those that its neck is drawn out to below the picture."""
    rim, _ = neck_sleeve(model)
    below_mm = vertices_mm[rim] * SHOULDER_SCALE
    below_mm[:, 1] = SHOULDERS_MM
    return np.concatenate([vertices_mm, below_mm])


def portrait_light() -> Lighting:
    """A large window to the upper left of the camera."""
    sh = np.zeros((9, 3))
    sh[0] = (0.74, 0.74, 0.76)
    sh[1:4] = np.array([[-0.14], [-0.17], [-0.13]]) * (1.0, 0.98, 0.94)  # y down, z away, x right
    return Lighting(sh, np.ones(3))


def wall() -> ByteArray:
    """A soft grey-blue gradient."""
    y, x = np.mgrid[0:SIDE_PX, 0:SIDE_PX] / SIDE_PX
    shade = 1.0 - 0.35 * y - 0.12 * x
    rgb: ByteArray = (shade[..., None] * WALL).round().astype(np.uint8)
    return rgb


if __name__ == "__main__":
    main()
