"""Train the net that sees what lies in front of a face: one command a step, each ``python -m``.

1. ``scripts.train_occluders.faces``     the training crops, upright, with their 68 points
2. ``scripts.train_occluders.prepare``   composites: faces, things before them, and the truth
3. ``scripts.train_occluders.train``     the net, with checkpoints (PyTorch)
4. ``scripts.train_occluders.doubt``     the faces again, without what a first net sees before them
5. ``scripts.train_occluders.export``    the net as ONNX (PyTorch)
6. ``scripts.train_occluders.evaluate``  how much of each kind of thing is found, on faces held out
"""
