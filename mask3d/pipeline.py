"""All stages for one photo: landmarks in, the masked photo and a result per face out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mask3d.appearance import Appearance, appear
from mask3d.arrays import ByteArray
from mask3d.composite import composite_over, darkened
from mask3d.drape import drape_worn
from mask3d.errors import (
    BadFitError,
    BadMaskError,
    LowConfidenceError,
    Mask3DError,
    TooSmallError,
)
from mask3d.face import MAX_RESIDUAL, FaceFit, fit_face
from mask3d.image_io import Photo
from mask3d.landmarks import Landmarks
from mask3d.masks import AS_SOLD, Changes, Mask, load_worn
from mask3d.occluders import GivenOccluders, OccluderFinder, Occluders
from mask3d.recipe import ALL_EFFECTS, Choices, Effects, Recipe, draw_recipe
from mask3d.renderer import Renderer, open_renderer

FindOccluders = Callable[[str, ByteArray, FaceFit], Occluders]
MIN_FACE_PX = 12.0  # shorter side of the box; the mask on it is 8 px wide and still seen as one
MIN_CONFIDENCE = 0.5  # Landmarks.confidence is the chance that the points are good: even odds


@dataclass(frozen=True, slots=True)
class Limits:
    """When a face is left alone, with a reason, instead of masked badly.

    Attributes
    ----------
    min_face_px : shorter side of the face box
    min_confidence : of the landmarks, 0..1
    max_fit_error : largest `FaceFit.residual`
    """

    min_face_px: float = MIN_FACE_PX
    min_confidence: float = MIN_CONFIDENCE
    max_fit_error: float = MAX_RESIDUAL

    def check_landmarks(self, landmarks: Landmarks) -> None:
        """Raise TooSmallError or LowConfidenceError where a limit is missed."""
        x0, y0, x1, y1 = landmarks.box_px.tolist()
        side_px = min(x1 - x0, y1 - y0)
        if side_px < self.min_face_px:
            raise TooSmallError(
                f"the face is {side_px:.0f} px wide or high, limit is {self.min_face_px:g} px",
                "use a larger photo or lower --min-face-px",
            )
        if landmarks.confidence < self.min_confidence:
            raise LowConfidenceError(
                f"landmark confidence is {landmarks.confidence:.2f}, "
                f"limit is {self.min_confidence:g}",
                "give better points by --landmarks or lower --min-confidence",
            )

    def check_fit(self, fit: FaceFit) -> None:
        """Raise BadFitError where the head does not explain the landmarks."""
        if fit.residual > self.max_fit_error:
            raise BadFitError(
                f"the landmarks fit to {fit.residual:.1%} of the face size, "
                f"limit is {self.max_fit_error:.1%}",
                "check the landmarks and their order or raise --max-fit-error",
            )


def fit_within(limits: Limits, landmarks: Landmarks, photo: Photo) -> FaceFit:
    """The head of a face that keeps the limits.

    Raises
    ------
    TooSmallError, LowConfidenceError, BadFitError
        It does not.
    """
    limits.check_landmarks(landmarks)
    fit = fit_face(landmarks, photo.image_wh, focal_px=photo.focal_px)
    limits.check_fit(fit)
    return fit


@dataclass(frozen=True, slots=True, eq=False)
class FaceResult:
    """What became of one face.

    Attributes
    ----------
    face : index in the photo
    landmarks : Landmarks
    masks : of the recipe, those worn together with the inner one first
    recipe : Recipe
    fit : FaceFit, None where the landmarks were refused
    appearance : Appearance of the mask, None where the face was left alone
    error : why it was left alone, None where it was masked
    """

    face: int
    landmarks: Landmarks
    masks: tuple[Mask, ...]
    recipe: Recipe
    fit: FaceFit | None = None
    appearance: Appearance | None = None
    error: Mask3DError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MaskedPhoto:
    """The photo with its masks on, and a result per face in the order of the landmarks."""

    photo: Photo
    faces: tuple[FaceResult, ...]

    @property
    def is_masked(self) -> bool:
        """Whether any face wears a mask now."""
        return any(face.appearance is not None for face in self.faces)


@dataclass(frozen=True, slots=True, eq=False)
class Masker:
    """What is the same for every photo of a run.

    Attributes
    ----------
    worn : name -> masks worn together, the inner one first
    choices : Choices among them, of which one is drawn for each face
    renderer : Renderer
    seed : int >= 0
    limits : Limits
    find_occluders : what lies in front of a face, from the name of the photo, its pixels
        (H, W, 3) and the fit; None for nothing
    """

    worn: MappingProxyType[str, tuple[Mask, ...]]
    choices: Choices
    renderer: Renderer
    seed: int = 0
    limits: Limits = Limits()
    find_occluders: FindOccluders | None = None

    def mask_photo(self, photo: Photo, faces: Sequence[Landmarks], image: str) -> MaskedPhoto:
        """Put a mask on every face that keeps the limits.

        Parameters
        ----------
        photo : Photo
        faces : Landmarks of each face
        image : name of the photo, part of what the seed draws from

        Returns
        -------
        MaskedPhoto
            A face that could not be masked holds its error, which nothing raises.
        """
        results = tuple(
            self._mask_face(photo, landmarks, image, face) for face, landmarks in enumerate(faces)
        )
        worn = [(r.fit, r.appearance) for r in results if r.fit and r.appearance]
        worn.sort(key=lambda on_face: _px_per_mm(on_face[0]))  # the nearest face comes last
        for _, appearance in worn:
            photo = composite_over(appearance.layer, darkened(photo, appearance.shadow))
        return MaskedPhoto(photo, results)

    def _mask_face(self, photo: Photo, landmarks: Landmarks, image: str, face: int) -> FaceResult:
        recipe = draw_recipe(self.choices, self.seed, image, face)
        masks = self.worn[recipe.mask]
        fit = appearance = error = None
        try:
            self.limits.check_landmarks(landmarks)
            fit = fit_face(landmarks, photo.image_wh, focal_px=photo.focal_px)
            self.limits.check_fit(fit)
            appearance = self._render(image, photo.rgb, masks, fit, recipe)
        except Mask3DError as left_alone:
            error = left_alone
        return FaceResult(face, landmarks, masks, recipe, fit, appearance, error)

    def _render(
        self, image: str, rgb: ByteArray, masks: tuple[Mask, ...], fit: FaceFit, recipe: Recipe
    ) -> Appearance:
        occluders = None
        if recipe.effects.occluders and self.find_occluders is not None:
            occluders = self.find_occluders(image, rgb, fit)
        worn = drape_worn(masks, fit, recipe)
        appearance = appear(worn, fit, rgb, recipe, self.renderer, occluders)
        if not appearance.layer.rgba[..., 3].any():
            raise BadFitError("no pixel of the mask lies in the photo", "check the landmarks")
        return appearance


def choices_of(
    worn: Mapping[str, tuple[Mask, ...]],
    states: Sequence[str] = ("covered",),
    *,
    drop_mm: float = 0.0,
    exact: bool = False,
    effects: Effects = ALL_EFFECTS,
) -> Choices:
    """Choices among `states`, for each mask those that it can be worn in.

    What is worn together is in the state of the inner mask.

    Raises
    ------
    BadMaskError
        A mask can be worn in none of them.
    """
    possible = {}
    for name, (inner, *_) in worn.items():
        possible[name] = tuple(state for state in states if state in inner.states)
        if not possible[name]:
            raise BadMaskError(
                f"{name} cannot be worn {' or '.join(states)}",
                f"choose of {', '.join(inner.states)} for --state, or another mask",
            )
    return Choices(possible, drop_mm, exact, effects)


@contextmanager
def open_masker(
    masks: Sequence[str],
    *,
    states: Sequence[str] = ("covered",),
    drop_mm: float = 0.0,
    exact: bool = False,
    effects: Effects = ALL_EFFECTS,
    occluders: Path | None = None,
    changes: Changes = AS_SOLD,
    folders: Sequence[Path] = (),
    renderer: str = "auto",
    seed: int = 0,
    limits: Limits | None = None,
) -> Iterator[Masker]:
    """Load masks by name and open a renderer for as long as the block lasts.

    Parameters
    ----------
    masks : names, see `load_worn`; one is drawn for each face
    states, drop_mm, exact : how they are worn, see `choices_of`
    effects : what of the photo they take on
    occluders : folder that says what lies in front of faces, see `GivenOccluders`; None to look
    changes : of their fabrics, patterns, colours
    folders : with designs besides those that ship
    renderer : see `open_renderer`
    seed, limits : see `Masker`

    Raises
    ------
    UnknownMaskError, BadMaskError
        No mask of that name (`list_masks` has them all), or it cannot be worn or dressed so.
    RendererUnavailableError
        The renderer asked for cannot run on this machine.
    """
    worn = MappingProxyType({name: load_worn(name, folders, changes) for name in masks})
    choices = choices_of(worn, states, drop_mm=drop_mm, exact=exact, effects=effects)
    with closing(open_renderer(renderer)) as opened:
        yield Masker(
            worn, choices, opened, seed, limits or Limits(), occluder_finder(effects, occluders)
        )


def occluder_finder(effects: Effects, folder: Path | None) -> FindOccluders | None:
    """What looks for things in front of faces, or looks them up in a folder.

    Raises
    ------
    BadOccludersError
        There is no such folder.
    """
    if not effects.occluders:
        return None
    if folder is None:
        finder = OccluderFinder()
        return lambda _, rgb, fit: finder.find(rgb, fit)
    given = GivenOccluders(folder)
    return lambda image, rgb, _: given.read(image, (rgb.shape[1], rgb.shape[0]))


def _px_per_mm(fit: FaceFit) -> float:
    """Scale of the head in the photo; fits differ in focal length, so z alone says too little."""
    return fit.camera.focal_px / float(fit.cam_from_face[2, 3])
