"""What lies in front of a face in the photo, found by a net or given by the user."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
