"""The pipeline over files: read, find the faces, mask, write, and say what became of each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mask3d.arrays import ByteArray
from mask3d.errors import BadLandmarksError, InternalError, Mask3DError, NoFaceError
from mask3d.image_io import read_photo, write_photo
from mask3d.landmarks import LandmarkDetector, Landmarks
from mask3d.manifest import ManifestLine, face_line, image_line
from mask3d.pipeline import Masker

FindFaces = Callable[[str, ByteArray], Sequence[Landmarks]]

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What is the same for every file of a run.

    Attributes
    ----------
    source, out : folders; outputs keep the path that the image has in `source`
    find_faces : function of the image's relative path and its (H, W, 3) RGB
    masker : Masker
    """

    source: Path
    out: Path
    find_faces: FindFaces
    masker: Masker

    def mask_file(self, image: str) -> tuple[ManifestLine, ...]:
        """Mask the faces of one file, write it, and return its lines of the manifest.

        A file without a masked face is not written. Whatever goes wrong is in
        the lines.

        Parameters
        ----------
        image : path relative to `source`, with ``/``
        """
        try:
            return self._mask_file(image)
        except Mask3DError as error:
            return self._failed(image, error)
        except Exception as error:
            # The one place that catches all: a photo that breaks a stage must not
            # cost a night's run. Nothing is hidden: the traceback goes to stderr,
            # the line says `internal`, and the run ends with 1.
            _logger.exception("%s: a fault of mask3d", image)
            message = f"{type(error).__name__}: {error}"
            return self._failed(image, InternalError(message, "report it with the traceback"))

    def _mask_file(self, image: str) -> tuple[ManifestLine, ...]:
        photo = read_photo(self.source / image)
        masked = self.masker.mask_photo(photo, self.find_faces(image, photo.rgb), image)
        if masked.is_masked:
            write_photo(masked.photo, self.out / image)
        output = image if masked.is_masked else None
        seed, renderer = self.masker.seed, self.masker.renderer.name
        return tuple(
            face_line(image, output, face, seed=seed, renderer=renderer) for face in masked.faces
        )

    def _failed(self, image: str, error: Mask3DError) -> tuple[ManifestLine, ...]:
        return (image_line(image, error, seed=self.masker.seed),)


def faces_from_detector(detector: LandmarkDetector) -> FindFaces:
    """Find faces in the pixels; NoFaceError where there are none."""

    def find_faces(image: str, rgb: ByteArray) -> Sequence[Landmarks]:
        faces = detector.detect(rgb)
        if not faces:
            raise NoFaceError(
                "no face was found", "give its points by --landmarks if there is a face"
            )
        return faces

    return find_faces


def faces_from_table(table: dict[str, list[Landmarks]]) -> FindFaces:
    """Look faces up by the path of the image, or by that path without its suffix.

    BadLandmarksError where neither has any.
    """

    def find_faces(image: str, rgb: ByteArray) -> Sequence[Landmarks]:
        faces = table.get(image) or table.get(PurePosixPath(image).with_suffix("").as_posix())
        if not faces:
            raise BadLandmarksError(
                f"the landmarks have no face for {image}",
                "name images by their paths relative to --in; a photo without a face has none",
            )
        return faces

    return find_faces
