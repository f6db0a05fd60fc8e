"""Train cases: gradients through pooling, global pooling, upsampling, padding and cropping."""

import keras
from keras import layers, losses, optimizers
from registry import Training, train_case

from data import floats, ints

ROWS = 20
FIT = {"epochs": 2, "batch_size": 8}
SPARSE = losses.SparseCategoricalCrossentropy(from_logits=True)


def classifier(rng, shape, optimizer, *between):
    """Features by pixel, the layers `between`, logits."""
    inputs = x = keras.Input(shape)
    x = layers.Dense(4, activation="tanh")(x)
    for layer in between:
        x = layer(x)
    model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(x)))
    model.compile(optimizer, loss=SPARSE, metrics=["accuracy"])
    return Training(model, floats(rng, ROWS, *shape), ints(rng, 3, ROWS), FIT)


@train_case
def max_pooling1d(rng):
    return classifier(rng, (8, 2), optimizers.SGD(0.1), layers.MaxPooling1D(3, 2, "same"))


@train_case
def max_pooling2d(rng):
    return classifier(rng, (6, 7, 2), optimizers.SGD(0.1), layers.MaxPooling2D(2))


@train_case
def max_pooling2d_overlapping(rng):
    return classifier(
        rng, (6, 5, 2), optimizers.RMSprop(0.005), layers.MaxPooling2D(3, 1, "same"), layers.MaxPooling2D((2, 3), 2)
    )


@train_case
def max_pooling3d(rng):
    return classifier(rng, (4, 3, 4, 1), optimizers.SGD(0.1), layers.MaxPooling3D((2, 1, 2)))


@train_case
def average_pooling1d(rng):
    return classifier(rng, (7, 2), optimizers.Adam(0.01), layers.AveragePooling1D(3, 2))


@train_case
def average_pooling2d(rng):
    return classifier(
        rng, (6, 7, 2), optimizers.SGD(0.1), layers.AveragePooling2D(2), layers.AveragePooling2D((2, 1), strides=1)
    )


@train_case
def average_pooling3d(rng):
    return classifier(rng, (4, 4, 2, 1), optimizers.SGD(0.1), layers.AveragePooling3D(2))


@train_case
def global_pooling(rng):
    """Both modes of one tensor."""
    inputs = keras.Input((4, 5, 2))
    x = layers.Dense(4, activation="tanh")(inputs)
    x = layers.concatenate([layers.GlobalMaxPooling2D()(x), layers.GlobalAveragePooling2D()(x)])
    model = keras.Model(inputs, layers.Dense(3)(x))
    model.compile(optimizers.SGD(0.1), loss=SPARSE, metrics=["accuracy"])
    return Training(model, floats(rng, ROWS, 4, 5, 2), ints(rng, 3, ROWS), FIT)


@train_case
def global_average_pooling1d_mask(rng):
    inputs = keras.Input((6,))
    x = layers.Embedding(5, 3, mask_zero=True)(inputs)
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))
    model.compile(optimizers.SGD(0.1), loss=SPARSE, metrics=["accuracy"])
    ids = ints(rng, 5, ROWS, 6)
    ids[:, 0] = 1
    return Training(model, ids, ints(rng, 2, ROWS), FIT)


@train_case
def up_sampling2d(rng):
    return classifier(
        rng, (3, 2, 2), optimizers.SGD(0.05), layers.UpSampling2D((2, 3)), layers.Dense(2, activation="tanh")
    )


@train_case
def up_sampling2d_bilinear(rng):
    return classifier(
        rng, (3, 2, 2), optimizers.SGD(0.05), layers.UpSampling2D(2, interpolation="bilinear"), layers.Dense(2, activation="tanh")
    )


@train_case
def padding_and_cropping(rng):
    return classifier(
        rng, (4, 5, 2), optimizers.SGD(0.1), layers.ZeroPadding2D(((1, 0), (0, 2))), layers.MaxPooling2D(2, 1), layers.Cropping2D((1, 0))
    )
