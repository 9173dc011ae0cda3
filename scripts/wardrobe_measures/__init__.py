"""How well a mask sits on a head, measured against the true surface: see `measure_wardrobe`."""
