"""A filled rectangle of one (H, W, C) image: each pixel is asked whether it lies inside."""

import numpy as np

from oracles import geometry


def erase(image, top, left, size, fill=0):
    height, width = geometry.size_pair(size)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    inside = (y >= top) & (y < top + height) & (x >= left) & (x < left + width)
    return np.where(inside[..., None], np.asarray(fill, image.dtype), image)
