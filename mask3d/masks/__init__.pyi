from .catalogue import list_masks as list_masks
from .catalogue import load_mask as load_mask
from .types import Bound as Bound
from .types import Mask as Mask
from .types import Pose as Pose
from .types import Strap as Strap
from .types import bound_to_head as bound_to_head
