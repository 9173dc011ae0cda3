"""Train the landmark model of mask3d: one command a step, each started as ``python -m``.

1. ``scripts.train_landmarks.prepare``     dense labels of the real crops
2. ``scripts.train_landmarks.synthesise``  faces turned to profile, labels exact
3. ``scripts.train_landmarks.train``       the net, with checkpoints (PyTorch)
4. ``scripts.train_landmarks.export``      the net as ONNX (PyTorch)
5. ``scripts.train_landmarks.evaluate``    the error on crops held out
"""
