"""Mixed batches in float64, sample by sample, from what was drawn."""

import numpy as np


def mix_up(images, partner, share):
    """Before rounding."""
    own = share.reshape(-1, 1, 1, 1)
    wide = images.astype(np.float64)
    return own * wide + (1 - own) * wide[partner]


def cut_mix(images, partner, boxes, layout):
    result = images.copy()
    for i, (x0, y0, x1, y1) in enumerate(boxes):
        part = np.s_[:, y0:y1, x0:x1] if layout == "CHW" else np.s_[y0:y1, x0:x1]
        result[i][part] = images[partner[i]][part]
    return result


def mosaic(images, sources, matrix, size, fill):
    """(N, H, W, C): every pixel of the canvas looked up in the quarter that it lies in."""
    height, width = images.shape[1:3]
    result = np.empty((len(sources), *size, images.shape[3]), images.dtype)
    result[...] = fill
    for i, tiles in enumerate(sources):
        for tile, sample in enumerate(tiles):
            left, top = np.round(matrix[i, tile, :2, 2]).astype(int)
            # The inner corner of the tile is that of its quarter.
            x, y = left + (tile % 2 == 0) * width, top + (tile < 2) * height
            for row in range(*((0, y) if tile < 2 else (y, size[0]))):
                for column in range(*((0, x) if tile % 2 == 0 else (x, size[1]))):
                    if 0 <= row - top < height and 0 <= column - left < width:
                        result[i, row, column] = images[sample, row - top, column - left]
    return result


def box_about(x, y, share, size):
    """The box of CutMix about the pixel (x, y), and what is left of the image outside it."""
    height, width = size
    reach_x = int(0.5 * np.sqrt(1 - share) * width)
    reach_y = int(0.5 * np.sqrt(1 - share) * height)
    box = (
        max(x - reach_x, 0),
        max(y - reach_y, 0),
        min(x + reach_x, width),
        min(y + reach_y, height),
    )
    return box, 1 - (box[2] - box[0]) * (box[3] - box[1]) / (height * width)


def copy_paste(images, masks, partner, objects):
    """(N, H, W, C) and masks (N, H, W), pixel by pixel."""
    result, pasted = images.copy(), masks.copy()
    for i, chosen in enumerate(objects):
        for y, x in np.ndindex(masks.shape[1:]):
            if masks[partner[i], y, x] in chosen:
                result[i, y, x] = images[partner[i], y, x]
                pasted[i, y, x] = masks[partner[i], y, x]
    return result, pasted
