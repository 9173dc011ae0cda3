"""Put textured 3D face masks on faces in photos, from frontal to profile.

Data flows one way, and every arrow is a function of its inputs alone::

    photo -> Landmarks -> FaceFit -> Mesh (draped) -> Layer -> photo

Names carry the frame and the unit that they are in:

=====  ========  ==================================================================
frame  unit      axes
=====  ========  ==================================================================
px     pixels    x right, y down, (0, 0) the centre of the top-left pixel
cam    mm        x right, y down, z away from the viewer (OpenCV)
face   mm        x to the subject's left, y up, z out of the face
=====  ========  ==================================================================

``cam_from_face`` maps face points to cam points. Images are RGB, ``image_wh``
is (width, height), angles are in degrees: yaw > 0 turns the nose toward image
left, pitch > 0 lifts it, roll > 0 turns the head clockwise in the image.

The public names are listed in ``__init__.pyi`` and imported when first used,
so that ``python -m mask3d.render --help`` answers at once.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
