"""Scripts of the tileable pictures in ``textures/``: one module a kind, all drawn from numbers."""
