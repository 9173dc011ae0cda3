from .finder import OccluderFinder as OccluderFinder
from .given import GivenOccluders as GivenOccluders
from .hidden import Hidden as Hidden
from .hidden import hide as hide
from .types import Occluders as Occluders
