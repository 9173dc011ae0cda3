"""Every error that mask3d raises on purpose.

Mask3DError
├── NoFaceError               no-face
├── LowConfidenceError        low-confidence
├── BadFitError               bad-fit
├── TooSmallError             too-small
├── UnreadableImageError      unreadable
├── UnwritableImageError      unwritable
├── BadLandmarksError         bad-landmarks
├── UnknownMaskError          unknown-mask
├── BadMaskError              bad-mask
├── BadOccludersError         bad-occluders
├── MissingWeightsError       missing-weights
├── MissingPackageError       missing-package
├── RendererUnavailableError  no-renderer
└── InternalError             internal

``code`` is what the manifest says; the message holds the number that was
wrong, the remedy says what to do about it. Wrong arguments of a function
raise ValueError instead.
"""

from __future__ import annotations


class Mask3DError(Exception):
    """Base of the errors that belong to one photo or one face.

    Parameters
    ----------
    message : str
        What is wrong, with the measured number and the limit.
    remedy : str
        What the user can do about it.
    """

    code = "error"

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """Message and remedy in one line."""
        return f"{self.message}; {self.remedy}"


class NoFaceError(Mask3DError):
    """No face was detected in the photo."""

    code = "no-face"


class LowConfidenceError(Mask3DError):
    """The landmarks of a face are not to be trusted."""

    code = "low-confidence"


class BadFitError(Mask3DError):
    """The face model does not explain the landmarks."""

    code = "bad-fit"


class TooSmallError(Mask3DError):
    """The face covers too few pixels."""

    code = "too-small"


class UnreadableImageError(Mask3DError):
    """The file is no image that can be decoded."""

    code = "unreadable"


class UnwritableImageError(Mask3DError):
    """The result could not be written."""

    code = "unwritable"


class BadLandmarksError(Mask3DError):
    """A landmarks file, or a line of it, is malformed or lacks the photo."""

    code = "bad-landmarks"


class UnknownMaskError(Mask3DError):
    """No mask of that name is in the catalogue."""

    code = "unknown-mask"


class BadMaskError(Mask3DError):
    """The folder of a mask design does not hold what it should."""

    code = "bad-mask"


class BadOccludersError(Mask3DError):
    """The user's segmentation of what lies in front is absent, unreadable or of another size."""

    code = "bad-occluders"


class MissingWeightsError(Mask3DError):
    """A weight file is missing or is not the published one."""

    code = "missing-weights"


class MissingPackageError(Mask3DError):
    """An optional package that was asked for is not installed."""

    code = "missing-package"


class RendererUnavailableError(Mask3DError):
    """The renderer asked for cannot run on this machine."""

    code = "no-renderer"


class InternalError(Mask3DError):
    """A stage broke on one photo in a way that nobody foresaw: a fault of mask3d."""

    code = "internal"
