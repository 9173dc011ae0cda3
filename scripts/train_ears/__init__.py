"""Train the net that finds the ears: one command a step, each started as ``python -m``.

1. ``scripts.train_ears.faces``     the training crops, with the head fitted as in real use
2. ``scripts.train_ears.prepare``   the ears of them, with the lobes that were set by hand
3. ``scripts.train_ears.train``     the net, with checkpoints (PyTorch)
4. ``scripts.train_ears.export``    the net as ONNX (PyTorch)
5. ``scripts.train_ears.evaluate``  how far it is off, on faces held out
"""
