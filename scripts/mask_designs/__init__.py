"""How the mask designs in ``meshes/`` are made; run ``python -m scripts.build_masks``."""
