"""Signatures of classes, torchvision's where it has the same name, and docstrings that run."""

import doctest
import inspect
import re

import numpy as np
import pytest

import fast_augment as fa
from helpers.peers import torchvision_module

SIGNATURES = {
    "RandomHorizontalFlip": "(p=0.5)",
    "RandomVerticalFlip": "(p=0.5)",
    "AlternatingFlip": "(vertical=False)",
    "RandomRotate90": "(p=0.5)",
    "RandomRotation": "(degrees, interpolation='bilinear', expand=False, center=None, fill=0, *,"
    " border='constant')",
    "RandomAffine": "(degrees, translate=None, scale=None, shear=None, interpolation='bilinear',"
    " fill=0, center=None, *, border='constant')",
    "RandomPerspective": "(distortion_scale=0.5, p=0.5, interpolation='bilinear', fill=0, *,"
    " border='constant')",
    "RandomCrop": "(size, padding=None, pad_if_needed=False, fill=0, padding_mode='constant')",
    "CenterCrop": "(size)",
    "Pad": "(padding, fill=0, padding_mode='constant')",
    "Resize": "(size, interpolation='bilinear', max_size=None, antialias=True)",
    "RandomResizedCrop": "(size, scale=(0.08, 1.0), ratio=(0.75, 1.3333333333333333),"
    " interpolation='bilinear', antialias=True)",
    "RandomIoUCrop": "(min_scale=0.3, max_scale=1.0, min_aspect_ratio=0.5, max_aspect_ratio=2.0,"
    " sampler_options=None, trials=40)",
    "RandomBoxSafeCrop": "(p=1.0)",
    "ColorJitter": "(brightness=0, contrast=0, saturation=0, hue=0)",
    "RandomGrayscale": "(p=0.1)",
    "RandomInvert": "(p=0.5)",
    "RandomSolarize": "(threshold, p=0.5)",
    "RandomPosterize": "(bits, p=0.5)",
    "RandomGamma": "(gamma=(0.8, 1.2), gain=1.0, p=0.5)",
    "RandomEqualize": "(p=0.5)",
    "RandomAutocontrast": "(p=0.5)",
    "RandomAdjustSharpness": "(sharpness_factor, p=0.5)",
    "GaussianBlur": "(kernel_size, sigma=(0.1, 2.0))",
    "GaussianNoise": "(mean=0.0, sigma=0.1, clip=True)",
    "RandomErasing": "(p=0.5, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0)",
    "AugMix": "(severity=3, mixture_width=3, chain_depth=-1, alpha=1.0, all_ops=True,"
    " interpolation='bilinear', fill=0, *, preset='torchvision')",
    "AutoAugment": "(policy='imagenet', interpolation='nearest', fill=0, *, preset='torchvision')",
    "RandAugment": "(num_ops=2, magnitude=9, num_magnitude_bins=None, interpolation=None,"
    " fill=None, *, preset='torchvision', magnitude_std=0.0, increasing=False)",
    "TrivialAugmentWide": "(num_magnitude_bins=31, interpolation='nearest', fill=0, *,"
    " preset='torchvision')",
    "Normalize": "(mean, std, dtype='float32')",
    "ToFloat": "(dtype='float32')",
    "RandomApply": "(transforms, p=0.5)",
    "OneOf": "(transforms, p=1.0, weights=None)",
    "SomeOf": "(transforms, n)",
    "RandomOrder": "(transforms, p=1.0)",
    "Lambda": "(function)",
    "Transform": "()",
    "Compose": "(transforms, *, seed=None, layout='HWC', out_layout=None, threads=None,"
    " boxes='xyxy', keypoints='xy', mask_fill=0)",
    "Params": "(records, names)",
    "Batch": "(images, params, matrix, masks=None, boxes=None, box_labels=None, keypoints=None,"
    " keypoints_visible=None, keypoint_labels=None, labels=None, source_sizes=<factory>)",
    "BoxFormat": "(format='xyxy', *, min_area=0.0, min_side=0.0, min_visibility=0.0, clip=False)",
    "KeypointFormat": "(format='xy', *, swap=None, outside='flag')",
    "Inverse": "(matrix, source_sizes, is_one=False)",
    "MixUp": "(alpha=1.0, *, num_classes=None, p=1.0, mode='batch', seed=None, layout=None,"
    " threads=None)",
    "CutMix": "(alpha=1.0, *, num_classes=None, p=1.0, mode='batch', seed=None, layout=None,"
    " threads=None)",
    "Mosaic": "(size, *, center=(0.25, 0.75), fill=0, seed=None, layout=None, threads=None)",
    "Mixed": "(images, labels, partner, share, boxes=None)",
    "MixedLabels": "(a, b, share)",
    "CopyPaste": "(p=0.5, *, background=0, seed=None, layout=None, threads=None)",
    "Pasted": "(images, masks, partner, objects)",
    "Tiled": "(images, sources, boxes, matrix, share)",
    "AutoClip": "(percentile=10.0, *, window=None, norm_type=2.0, nonfinite='error', threads=None)",
    "ZClip": "(alpha=0.97, z_threshold=2.5, warmup_steps=25, *, clip_factor=1.0, max_norm=None,"
    " norm_type=2.0, nonfinite='error', threads=None)",
    "GradientClipper": "(grads, max_norm, norm_type=2.0, *, nonfinite='error', threads=None)",
    "NormAccumulator": "(norm_type=2.0, *, nonfinite='error', threads=None)",
    "BatchLoader": "(arrays, batch_size, augment=None, *, shuffle=True, seed=None,"
    " drop_last=False, prefetch=2, rank=0, world_size=1)",
    "GradientMonitor": "(window=1000, *, exploding=10.0, vanishing=1000.0, per_tensor_every=10)",
}
METHODS = {
    "Compose.__call__": "(images, *, masks=None, boxes=None, box_labels=None, keypoints=None,"
    " keypoint_labels=None, labels=None, epoch=None, index=None, out=None, return_params=False)",
    "Compose.replay": "(params, images, *, masks=None, boxes=None, box_labels=None, keypoints=None,"
    " keypoint_labels=None, labels=None, out=None)",
    "Batch.inverse": "()",
    "BoxFormat.to_dict": "()",
    "BoxFormat.from_dict": "(values)",
    "Inverse.boxes": "(boxes, *, clip=True)",
    "Inverse.keypoints": "(points)",
    "Inverse.masks": "(masks, *, interpolation=None, fill=0, layout='HWC', threads=None)",
    "Compose.explain": "(shape, dtype='uint8')",
    "Compose.to_dict": "()",
    "Compose.from_dict": "(values)",
    "Compose.to_json": "()",
    "Compose.from_json": "(text)",
    "Transform.to_dict": "()",
    "Transform.from_dict": "(values)",
    "Params.sample": "(number)",
    "MixUp.__call__": "(images, labels=None, *, epoch=None, index=None, out=None,"
    " return_params=False)",
    "CutMix.__call__": "(images, labels=None, *, epoch=None, index=None, out=None,"
    " return_params=False)",
    "CopyPaste.__call__": "(images, masks, *, epoch=None, index=None, out=None)",
    "Mosaic.__call__": "(images, *, epoch=None, index=None, out=None)",
    "AutoClip.__call__": "(grads)",
    "AutoClip.load_state_dict": "(state)",
    "ZClip.__call__": "(grads)",
    "ZClip.load_state_dict": "(state)",
    "BatchLoader.set_epoch": "(epoch)",
    "BatchLoader.state_dict": "()",
    "BatchLoader.load_state_dict": "(state)",
    "BatchLoader.close": "()",
    "GradientMonitor.update": "(norm, *, per_tensor=None, clipped_to=None)",
    "GradientMonitor.watch": "(grads, max_norm=None)",
    "GradientMonitor.plot": "(path)",
    "GradientMonitor.to_csv": "(path)",
}


def find(name):
    found = fa
    for part in name.split("."):
        found = getattr(found, part)
    return found


def signature_of(name):
    """The signature without self and the class."""
    found = inspect.signature(find(name))
    parameters = list(found.parameters.values())
    return found.replace(parameters=[p for p in parameters if p.name != "self"])


def parameters_described(docstring):
    lines = inspect.cleandoc(docstring).splitlines()
    if "Parameters" not in lines:
        return []
    begin = lines.index("Parameters") + 2
    described = []
    for line in lines[begin:]:
        if set(line) == {"-"}:
            # The line before was the title of the next section.
            break
        match = re.match(r"(\w+(?:, \w+)*) : ", line)
        described += match[1].split(", ") if match else []
    return described


def test_every_class_has_a_signature_here():
    classes = {name for name in fa.__all__ if inspect.isclass(getattr(fa, name))}

    assert set(SIGNATURES) == classes - {"NonFiniteGradientError"}


@pytest.mark.parametrize("name", [*SIGNATURES, *METHODS])
def test_signatures(name):
    signature = signature_of(name)
    bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    plain = signature.replace(parameters=bare, return_annotation=signature.empty)

    assert str(plain) == {**SIGNATURES, **METHODS}[name]
    assert all(p.annotation is not p.empty for p in signature.parameters.values())


@pytest.mark.parametrize("name", [*SIGNATURES, *METHODS])
def test_docstrings_describe_every_parameter_in_order(name):
    assert parameters_described(find(name).__doc__) == list(signature_of(name).parameters)


@pytest.mark.parametrize("name", [*SIGNATURES, *METHODS])
def test_examples_run(name):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    examples = doctest.DocTestFinder(recurse=False).find(
        find(name), name, module=False, globs={"fa": fa, "np": np}
    )
    report = []
    for example in examples:
        runner.run(example, out=report.append)

    assert runner.failures == 0, "".join(report)
    assert runner.tries > 0 or name in METHODS, "no examples"


def test_names_and_defaults_are_those_of_torchvision():
    transforms = torchvision_module("transforms.v2")
    ours_alone = {"border", "dtype"}
    theirs_alone = {"inplace", "labels_getter"}
    for name in SIGNATURES:
        if not hasattr(transforms, name) or name in ("Compose", "Lambda", "Transform"):
            continue
        ours = [p for p in signature_of(name).parameters if p not in ours_alone]
        theirs = [
            p
            for p in inspect.signature(getattr(transforms, name)).parameters
            if p not in theirs_alone
        ]
        assert ours[: len(theirs)] == theirs, name
