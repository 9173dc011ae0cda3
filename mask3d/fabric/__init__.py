"""What masks are made of: fabrics, printed patterns, colours, and the materials of them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
