"""Straps: loops round the ears, bands and tapes round the head, what ties them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
