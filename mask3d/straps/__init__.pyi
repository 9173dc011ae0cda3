from .types import KINDS as KINDS
from .types import Strap as Strap
from .types import StrappedHead as StrappedHead
from .types import usual_thickness_mm as usual_thickness_mm
from .worn import worn_straps as worn_straps
