"""How ``meshes/face/face_model.npz`` is made; run by ``scripts/build_face_model.py``."""
