"""How the mask designs in ``meshes/`` are made; run ``python scripts/build_masks.py``."""
