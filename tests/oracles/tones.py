"""Steps on values in float64 with bounds. `top` is white of integers, None for floats."""

import numpy as np

from oracles import color, geometry
from oracles import filter as filter_oracle
from oracles.bounded import Pixels, weighted_sum

# Float32 arithmetic of a step, relative to the largest number in it.
ROUNDING = 2.0**-20
# Nothing normal that the engine draws lies further out.
FARTHEST_NORMAL = 7.0


def white(top):
    return 1.0 if top is None else float(top)


def rounded_off(pixels, top):
    """What the float32 arithmetic of a step may change."""
    largest = max(white(top), float(np.abs(pixels.value).max(initial=0)))
    return pixels.widened(ROUNDING * largest)


def level(pixels, top):
    """The level that a value would round to."""
    return pixels.rounded(top)


def gray(pixels, top, floored):
    """(H, W, 1); integers are floored where torchvision does."""
    if pixels.shape[-1] == 1:
        return pixels
    plain = pixels.rising(lambda values: color.gray(values))
    if not floored or top is None:
        return plain
    # Half of the smallest step between grays of whole levels keeps those exact.
    half_step = 0.5 / 10000
    toward_zero = Pixels(*map(np.trunc, (plain.value, plain.low, plain.high)))
    near = plain.plus(half_step).widened(0.8 * half_step).rising(np.floor)
    return Pixels(near.value, near.low, np.maximum(near.high, toward_zero.high))


def brightness(pixels, factor, top):
    return pixels if factor == 1 else _blend(pixels, factor, 0.0, top)


def contrast(pixels, factor, top):
    grays = gray(pixels, top, floored=True)
    means = [np.full((1, 1, 1), bound.mean()) for bound in (grays.value, grays.low, grays.high)]
    return _blend(pixels, factor, Pixels(*means), top)


def saturation(pixels, factor, top):
    if factor == 1 or pixels.shape[-1] == 1:
        return pixels
    return _blend(pixels, factor, gray(pixels, top, floored=True), top)


def _blend(pixels, factor, other, top):
    if isinstance(other, Pixels):
        other = other.scaled(1 - factor)
    mixed = pixels.scaled(factor).plus(other)
    return rounded_off(mixed, top).clipped(0, white(top))


def hue(pixels, delta, top):
    """No channel moves by more than three times what the channels it comes from do."""
    if delta == 0 or pixels.shape[-1] == 1:
        return pixels
    value = turned_hue(pixels.value, delta)
    below = 3 * (pixels.value - pixels.low).max(axis=-1, keepdims=True)
    above = 3 * (pixels.high - pixels.value).max(axis=-1, keepdims=True)
    reach = np.maximum(below, above)
    return rounded_off(Pixels(value, value - reach, value + reach), top)


def turned_hue(values, delta):
    """By the hexagon: HSV and back with another hue, all channels between the same extremes."""
    red, green, blue = np.moveaxis(values, -1, 0)
    most, least = values.max(axis=-1), values.min(axis=-1)
    chroma = most - least
    divisor = np.where(chroma > 0, chroma, 1.0)
    sixths = np.select(
        [most == red, most == green],
        [(green - blue) / divisor, 2 + (blue - red) / divisor],
        4 + (red - green) / divisor,
    )
    turned = (sixths + 6 * delta) % 6
    channels = []
    for start in (5, 3, 1):
        k = (start + turned) % 6
        channels.append(most - chroma * np.clip(np.minimum(k, 4 - k), 0, 1))
    return np.stack(channels, axis=-1)


def gamma(pixels, power, gain, top):
    if power == 1 and gain == 1:
        return pixels
    if top is not None:
        pixels = level(pixels, top)
    scale = white(top)

    def curve(values):
        return scale * np.minimum(gain * np.maximum(values / scale, 0.0) ** power, 1.0)

    return rounded_off(pixels.rising(curve), top)


def grayscale(pixels, top):
    mixed = rounded_off(gray(pixels, top, floored=False), top)
    return mixed.moved(lambda values: np.repeat(values, pixels.shape[-1], axis=-1))


def invert(pixels, top):
    return rounded_off(pixels.falling(lambda values: white(top) - values), top)


def solarize(pixels, threshold, top):
    """Either side where bounds straddle the threshold."""
    inverted = invert(pixels, top)
    seen = pixels if top is None else level(pixels, top)
    if top is None:
        threshold = float(np.float32(threshold))
    turned = Pixels(
        np.where(seen.value >= threshold, inverted.value, pixels.value), inverted.low, inverted.high
    )
    kept = Pixels(turned.value, pixels.low, pixels.high)
    surely, never = seen.low >= threshold, seen.high < threshold
    both = turned.united(kept)
    low = np.select([surely, never], [turned.low, kept.low], both.low)
    high = np.select([surely, never], [turned.high, kept.high], both.high)
    return Pixels(turned.value, low, high)


def posterize(pixels, bits, top):
    levels = 2.0**bits
    if top is not None:
        unit = (top + 1) / levels
        return level(pixels, top).rising(lambda values: np.floor(values / unit) * unit)
    return pixels.rising(lambda values: np.clip(np.floor(values * levels), 0, levels - 1) / levels)


# --- steps that need the stored image; integers are rounded by the caller


def blur(pixels, kernel_size, sigma, top):
    height, width, _ = pixels.shape
    lines, columns = np.arange(height)[:, None], np.arange(width)[None, :]
    kernel_height, kernel_width = kernel_size

    def shifted(values, j, i):
        at = lines + j - kernel_height // 2, columns + i - kernel_width // 2
        return geometry.extended_pixels(values, *at, "reflect", 0)

    taps = []
    for j, down in enumerate(filter_oracle.gaussian_weights(kernel_height, sigma)):
        for i, right in enumerate(filter_oracle.gaussian_weights(kernel_width, sigma)):
            weight = np.full((height, width), down * right)
            taps.append((weight, pixels.moved(lambda v, j=j, i=i: shifted(v, j, i))))
    return rounded_off(weighted_sum(taps), top)


def sharpness(pixels, factor, top):
    """The outermost pixels stay."""
    height, width, _ = pixels.shape
    if height <= 2 or width <= 2:
        return pixels
    taps = []
    for j, weights in enumerate(filter_oracle.SMOOTH):
        for i, weight in enumerate(weights):
            part = pixels.moved(lambda v, j=j, i=i: v[j : j + height - 2, i : i + width - 2])
            taps.append((np.full((height - 2, width - 2), (1 - factor) * weight / 13), part))
    middle = pixels.moved(lambda values: values[1:-1, 1:-1])
    mixed = rounded_off(middle.scaled(factor).plus(weighted_sum(taps)), top)
    mixed = mixed.clipped(0, white(top))
    result = [values.copy() for values in (pixels.value, pixels.low, pixels.high)]
    for whole, inside in zip(result, (mixed.value, mixed.low, mixed.high), strict=True):
        whole[1:-1, 1:-1] = inside
    return Pixels(*result)


def by_channel(pixels, function):
    """Each channel by itself, as (value, low, high)."""
    parts = [
        function(pixels.value[..., c], pixels.low[..., c], pixels.high[..., c])
        for c in range(pixels.shape[-1])
    ]
    return Pixels(*(np.stack(bounds, axis=-1) for bounds in zip(*parts, strict=True)))


TINY = 1e-100


def autocontrast(pixels, top):
    def stretch(values, darkest, brightest):
        # Bounds may lie closer together than any two float32, and then mean the same value.
        extent = brightest - darkest
        return values if extent < TINY else (values - darkest) * white(top) / extent

    def one(value, low, high):
        ends = [(v.min(), v.max()) for v in (value, low, high)]
        choices = [(a, b) for a, _ in ends for _, b in ends if a <= b]
        lows = np.min([stretch(low, a, b) for a, b in choices], axis=0)
        highs = np.max([stretch(high, a, b) for a, b in choices], axis=0)
        return stretch(value, *ends[0]), lows, highs

    return rounded_off(by_channel(pixels, one), top)


def equalize(pixels):
    """Bounds of the table from bounds of the counts: of levels below, and of the highest level."""

    def one(value, low, high):
        exact = table(value, value, value)[0]
        lowest, highest = table(value, low, high)
        return tuple(
            curve[values.astype(int)]
            for curve, values in ((exact, value), (lowest, low), (highest, high))
        )

    def table(value, low, high):
        levels = np.arange(256)[:, None]
        fewest = np.sum(high.ravel() < levels, axis=1)
        most = np.sum(low.ravel() < levels, axis=1)
        brightest = low.max()
        is_known = brightest == high.max()
        of_brightest = (
            np.sum(low >= brightest) if is_known else 1,
            np.sum(high >= brightest),
        )
        steps = range(
            max(value.size - of_brightest[1], 0) // 255, (value.size - of_brightest[0]) // 255 + 1
        )
        curves = []
        for step in steps:
            if step == 0:
                curves += [np.arange(256)] * 2
            else:
                curves += [np.minimum((step // 2 + n) // step, 255) for n in (fewest, most)]
        return np.min(curves, axis=0), np.max(curves, axis=0)

    return by_channel(pixels, one)


# --- steps that depend on the place


def erased(pixels, box, value):
    top, left, height, width = box
    mask = np.zeros((*pixels.shape[:2], 1), bool)
    mask[top : top + height, left : left + width] = True
    if isinstance(value, str):
        zeros = np.zeros(pixels.shape)
        return pixels.where(mask, Pixels.exact(zeros).widened(FARTHEST_NORMAL))
    fill = geometry.fill_per_channel(np.float32(value), pixels.shape[-1])
    return pixels.where(mask, Pixels.exact(np.broadcast_to(fill, pixels.shape)))


def noisy(pixels, mean, sigma, clip, top):
    added = rounded_off(pixels.plus(white(top) * mean), top)
    added = added.widened(white(top) * sigma * FARTHEST_NORMAL)
    return added.clipped(0, white(top)) if clip or top is not None else added
