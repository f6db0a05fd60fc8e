"""Predict cases: pooling, global pooling, upsampling, zero padding and cropping."""

import keras
import numpy as np
from keras import layers
from registry import Prediction, predict_case, register

from data import floats, ints

# Keras on torch counts the padding in the mean, and has other cubic and no Lanczos kernels.
NUMPY = "numpy"


def add(name, layer, shape, second="torch", sizes=None):
    """One layer on inputs of `shape`; `sizes` takes the place of None dimensions."""

    def build(rng):
        inputs = keras.Input(shape)
        return Prediction(keras.Model(inputs, layer()(inputs)), floats(rng, 3, *(sizes or shape)))

    register(name, "predict", build, second)


FIRST = {"data_format": "channels_first"}

add("max_pooling1d", lambda: layers.MaxPooling1D(), (8, 3))
add("max_pooling1d_strides", lambda: layers.MaxPooling1D(3, strides=2), (9, 2))
add("max_pooling1d_same", lambda: layers.MaxPooling1D(3, 2, "same"), (8, 3))
add("max_pooling1d_channels_first", lambda: layers.MaxPool1D(2, **FIRST), (3, 7))
add("max_pooling1d_none_length", lambda: layers.MaxPooling1D(2, padding="same"), (None, 3), sizes=(7, 3))
add("max_pooling2d", lambda: layers.MaxPooling2D(), (6, 4, 3))
add("max_pooling2d_floor", lambda: layers.MaxPool2D(3), (7, 8, 2))
add("max_pooling2d_oblong", lambda: layers.MaxPooling2D((2, 3), strides=(1, 2)), (5, 7, 2))
add("max_pooling2d_same", lambda: layers.MaxPooling2D((3, 2), strides=2, padding="same"), (5, 6, 3))
add("max_pooling2d_same_stride_1", lambda: layers.MaxPooling2D(3, 1, "same"), (4, 5, 17))
add("max_pooling2d_gaps", lambda: layers.MaxPooling2D(2, strides=3), (8, 8, 2))
add("max_pooling2d_channels_first", lambda: layers.MaxPooling2D((2, 1), **FIRST), (3, 6, 5))
add("max_pooling2d_none", lambda: layers.MaxPooling2D(2), (None, None, 2), sizes=(5, 6, 2))
add("max_pooling3d", lambda: layers.MaxPooling3D(), (4, 4, 6, 2))
add("max_pooling3d_oblong", lambda: layers.MaxPooling3D((1, 2, 3), strides=(1, 2, 1)), (3, 4, 5, 2))
add("max_pooling3d_same", lambda: layers.MaxPool3D(3, 2, "same"), (4, 5, 3, 2))
add("max_pooling3d_channels_first", lambda: layers.MaxPooling3D(2, **FIRST), (2, 4, 4, 3))

add("average_pooling1d", lambda: layers.AveragePooling1D(2), (8, 3))
add("average_pooling1d_strides", lambda: layers.AvgPool1D(3, strides=1), (6, 2))
add("average_pooling1d_same", lambda: layers.AveragePooling1D(3, 2, "same"), (8, 3), NUMPY)
add("average_pooling1d_channels_first", lambda: layers.AveragePooling1D(2, **FIRST), (3, 7))
add("average_pooling2d", lambda: layers.AveragePooling2D(2), (6, 4, 3))
add("average_pooling2d_oblong", lambda: layers.AveragePooling2D((3, 2), strides=(2, 1)), (7, 5, 2))
add("average_pooling2d_same", lambda: layers.AvgPool2D((3, 2), 2, "same"), (5, 6, 17), NUMPY)
add("average_pooling2d_same_stride_1", lambda: layers.AveragePooling2D(3, 1, "same"), (4, 4, 2), NUMPY)
add("average_pooling2d_channels_first", lambda: layers.AveragePooling2D(2, **FIRST), (3, 6, 5))
add("average_pooling3d", lambda: layers.AveragePooling3D(2), (4, 4, 6, 2))
add("average_pooling3d_same", lambda: layers.AvgPool3D((2, 1, 3), padding="same"), (3, 4, 5, 2), NUMPY)

SPATIAL = {1: (5,), 2: (4, 3), 3: (2, 3, 4)}
for rank, spatial in SPATIAL.items():
    for mode in ("Max", "Average"):
        cls = getattr(layers, f"Global{mode}Pooling{rank}D")
        stem = f"global_{mode.lower()}_pooling{rank}d"
        add(stem, lambda cls=cls: cls(), (*spatial, 3))
        add(f"{stem}_keepdims", lambda cls=cls: cls(keepdims=True), (*spatial, 3))
        add(f"{stem}_channels_first", lambda cls=cls: cls(**FIRST), (3, *spatial))

add("up_sampling1d", lambda: layers.UpSampling1D(3), (4, 2))
add("up_sampling1d_none_length", lambda: layers.UpSampling1D(), (None, 2), sizes=(3, 2))
add("up_sampling2d", lambda: layers.UpSampling2D(), (3, 2, 3))
add("up_sampling2d_oblong", lambda: layers.UpSampling2D((2, 3)), (3, 4, 1))
add("up_sampling2d_channels_first", lambda: layers.UpSampling2D(2, **FIRST), (3, 2, 4))
add("up_sampling2d_bilinear", lambda: layers.UpSampling2D(2, interpolation="bilinear"), (4, 3, 2))
add(
    "up_sampling2d_bilinear_channels_first",
    lambda: layers.UpSampling2D((3, 2), "channels_first", "bilinear"),
    (2, 3, 4),
)
add("up_sampling2d_bicubic", lambda: layers.UpSampling2D((2, 3), interpolation="bicubic"), (4, 5, 2), NUMPY)
add("up_sampling2d_lanczos3", lambda: layers.UpSampling2D(2, interpolation="lanczos3"), (7, 4, 2), NUMPY)
add("up_sampling2d_lanczos5", lambda: layers.UpSampling2D(3, interpolation="lanczos5"), (6, 2, 1), NUMPY)
add("up_sampling2d_bilinear_none", lambda: layers.UpSampling2D(2, interpolation="bilinear"), (None, None, 2), sizes=(2, 3, 2))
add("up_sampling3d", lambda: layers.UpSampling3D(), (2, 3, 2, 2))
add("up_sampling3d_oblong", lambda: layers.UpSampling3D((1, 2, 3)), (2, 2, 3, 1))
add("up_sampling3d_channels_first", lambda: layers.UpSampling3D(2, **FIRST), (2, 3, 1, 2))

add("zero_padding1d", lambda: layers.ZeroPadding1D(), (3, 2))
add("zero_padding1d_asymmetric", lambda: layers.ZeroPadding1D((2, 0)), (3, 2))
add("zero_padding1d_channels_first", lambda: layers.ZeroPadding1D((1, 2), **FIRST), (2, 3))
add("zero_padding2d", lambda: layers.ZeroPadding2D(), (3, 4, 2))
add("zero_padding2d_symmetric", lambda: layers.ZeroPadding2D((1, 2)), (3, 4, 2))
add("zero_padding2d_asymmetric", lambda: layers.ZeroPadding2D(((0, 1), (2, 0))), (3, 4, 2))
add("zero_padding2d_channels_first", lambda: layers.ZeroPadding2D((2, 1), **FIRST), (2, 3, 4))
add("zero_padding2d_none", lambda: layers.ZeroPadding2D(1), (None, None, 2), sizes=(2, 3, 2))
add("zero_padding3d", lambda: layers.ZeroPadding3D(), (2, 3, 2, 2))
add("zero_padding3d_asymmetric", lambda: layers.ZeroPadding3D(((0, 1), 1, (2, 0))), (2, 3, 2, 2))
add("zero_padding3d_channels_first", lambda: layers.ZeroPadding3D((1, 0, 2), **FIRST), (2, 2, 3, 2))

add("cropping1d", lambda: layers.Cropping1D(), (5, 2))
add("cropping1d_asymmetric", lambda: layers.Cropping1D((2, 0)), (5, 2))
add("cropping1d_none_length", lambda: layers.Cropping1D((1, 2)), (None, 2), sizes=(6, 2))
add("cropping2d_nothing", lambda: layers.Cropping2D(), (4, 5, 2))
add("cropping2d", lambda: layers.Cropping2D((1, 2)), (4, 5, 2))
add("cropping2d_asymmetric", lambda: layers.Cropping2D(((1, 0), (0, 3))), (4, 5, 2))
add("cropping2d_channels_first", lambda: layers.Cropping2D(1, **FIRST), (2, 4, 5))
add("cropping3d", lambda: layers.Cropping3D(), (3, 4, 5, 2))
add("cropping3d_asymmetric", lambda: layers.Cropping3D(((0, 1), 1, (2, 0))), (3, 4, 5, 2))
add("cropping3d_channels_first", lambda: layers.Cropping3D((1, 0, 2), **FIRST), (2, 3, 4, 6))


@predict_case
def global_average_pooling1d_mask(rng):
    """The mean over the ids that are not 0."""
    inputs = keras.Input((6,))
    x = layers.Embedding(5, 3, mask_zero=True)(inputs)
    ids = ints(rng, 5, 4, 6)
    ids[:, 0] = 1
    return keras.Model(inputs, layers.GlobalAveragePooling1D()(x)), ids


@predict_case
def max_pooling2d_ties(rng):
    inputs = keras.Input((6, 6, 2))
    return keras.Model(inputs, layers.MaxPooling2D(3, 2)(inputs)), np.round(floats(rng, 2, 6, 6, 2))


@predict_case
def pooling_tower(rng):
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Dense(4, activation="relu"),
            layers.MaxPooling2D(2, name="pool1"),
            layers.ZeroPadding2D(1),
            layers.AveragePooling2D(3, strides=1),
            layers.UpSampling2D((1, 2)),
            layers.Cropping2D(((0, 0), (1, 1))),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    return model, floats(rng, 4, 8, 8, 1)
