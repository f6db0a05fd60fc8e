"""Train cases: convolutions of all kinds, small networks with Adam and accuracy."""

import keras
from keras import layers, losses, optimizers, regularizers
from registry import Training, train_case

from data import floats, ints

ROWS = 20
FIT = {"epochs": 3, "batch_size": 8}
SPARSE = losses.SparseCategoricalCrossentropy(from_logits=True)


def classifier(rng, body, *shape, optimizer=None, classes=3):
    """`body` and a Dense on top, for labels 0..classes-1."""
    inputs = keras.Input(shape)
    outputs = layers.Dense(classes)(layers.Flatten()(body(inputs)))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer or optimizers.SGD(0.05), loss=SPARSE, metrics=["accuracy"])
    return Training(model, floats(rng, ROWS, *shape), ints(rng, classes, ROWS), FIT)


@train_case
def conv1d_same(rng):
    return classifier(
        rng, layers.Conv1D(6, 4, strides=2, padding="same", activation="tanh"), 9, 3
    )


@train_case
def conv1d_causal_dilated(rng):
    def body(x):
        x = layers.Conv1D(5, 3, padding="causal", activation="tanh")(x)
        return layers.Conv1D(4, 3, padding="causal", dilation_rate=2)(x)

    return classifier(rng, body, 8, 2, optimizer=optimizers.Adam(0.01))


@train_case
def conv2d(rng):
    return classifier(rng, layers.Conv2D(5, 3, activation="tanh"), 6, 7, 3)


@train_case
def conv2d_same_stride(rng):
    def body(x):
        x = layers.Conv2D(5, (3, 2), strides=(2, 1), padding="same", activation="tanh")(x)
        return layers.Conv2D(4, 4, strides=3, padding="same")(x)

    return classifier(rng, body, 7, 6, 2)


@train_case
def conv2d_stride_leaves_rest(rng):
    def body(x):
        return layers.Conv2D(4, 2, strides=3)(layers.Conv2D(3, 2, activation="tanh")(x))

    return classifier(rng, body, 9, 8, 2)


@train_case
def conv2d_dilated(rng):
    def body(x):
        x = layers.Conv2D(4, 3, dilation_rate=2, padding="same", activation="tanh")(x)
        return layers.Conv2D(4, (2, 3), dilation_rate=(3, 1))(x)

    return classifier(rng, body, 7, 8, 2)


@train_case
def conv2d_groups(rng):
    def body(x):
        x = layers.Conv2D(6, 3, groups=2, padding="same", activation="tanh")(x)
        return layers.Conv2D(6, 2, groups=6, strides=2)(x)

    return classifier(rng, body, 6, 5, 4)


@train_case
def conv2d_channels_first(rng):
    def body(x):
        x = layers.Conv2D(4, 3, data_format="channels_first", activation="tanh")(x)
        return layers.Conv2D(3, 2, strides=2, data_format="channels_first", padding="same")(x)

    return classifier(rng, body, 2, 7, 6)


@train_case
def conv2d_penalties(rng):
    def body(x):
        return layers.Conv2D(
            4,
            3,
            activation="tanh",
            kernel_regularizer=regularizers.L2(0.01),
            bias_regularizer=regularizers.L1(0.02),
            activity_regularizer=regularizers.L2(0.01),
            kernel_constraint=keras.constraints.MaxNorm(0.9, axis=[0, 1, 2]),
        )(x)

    return classifier(rng, body, 5, 6, 2)


@train_case
def conv3d(rng):
    def body(x):
        x = layers.Conv3D(3, 2, padding="same", activation="tanh")(x)
        return layers.Conv3D(3, (2, 1, 2), strides=(1, 2, 1))(x)

    return classifier(rng, body, 4, 3, 4, 2)


@train_case
def conv_transposes(rng):
    """Targets are images; strides, output padding, crops."""
    inputs = keras.Input((3, 3, 2))
    x = layers.Conv2DTranspose(4, 3, strides=2, padding="same", activation="tanh")(inputs)
    x = layers.Conv2DTranspose(3, 2, activation="tanh")(x)
    x = layers.Conv2DTranspose(1, 3, strides=2, padding="same", output_padding=0)(x)
    model = keras.Model(inputs, x)
    model.compile(optimizers.Adam(0.01), loss="mse", metrics=["mae"])
    return Training(model, floats(rng, ROWS, 3, 3, 2), floats(rng, ROWS, 13, 13, 1), FIT)


@train_case
def conv1d_3d_transposes(rng):
    def body(x):
        x = layers.Conv1DTranspose(3, 3, strides=2, activation="tanh")(x)
        x = layers.Reshape((2, 2, 2, -1))(layers.Dense(8)(layers.Flatten()(x)))
        return layers.Conv3DTranspose(2, 2, strides=(1, 2, 1), padding="same")(x)

    return classifier(rng, body, 4, 2)


@train_case
def depthwise(rng):
    def body(x):
        x = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="tanh")(x)
        return layers.DepthwiseConv2D(2, strides=2)(x)

    return classifier(rng, body, 5, 6, 3)


@train_case
def separable(rng):
    def body(x):
        x = layers.SeparableConv2D(4, 3, padding="same", activation="tanh")(x)
        x = layers.Reshape((-1, 4))(x)
        x = layers.SeparableConv1D(3, 3, strides=2, depth_multiplier=2)(x)
        return layers.DepthwiseConv1D(3)(x)

    return classifier(rng, body, 4, 5, 3)


@train_case
def conv_cnn(rng):
    """The shape of a small image classifier, with Adam."""
    inputs = keras.Input((10, 10, 1))
    x = layers.Conv2D(8, 3, activation="relu")(inputs)
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    model = keras.Model(inputs, layers.Dense(4, activation="softmax")(x), name="cnn")
    model.compile(
        optimizers.Adam(0.002), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return Training(model, floats(rng, ROWS, 10, 10, 1), ints(rng, 4, ROWS), FIT)


@train_case
def conv_residual(rng):
    """Blocks with a sum, batch normalization, RMSprop."""
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(6, 3, activation="relu", padding="same")(inputs)
    y = layers.Conv2D(6, 3, padding="same", use_bias=False)(x)
    y = layers.Activation("relu")(layers.BatchNormalization()(y))
    y = layers.Conv2D(6, 3, padding="same")(y)
    x = layers.Conv2D(4, 3, strides=2)(layers.add([x, y]))
    x = layers.Dense(3)(layers.Flatten()(x))
    model = keras.Model(inputs, x)
    model.compile(
        optimizers.RMSprop(0.001),
        loss=losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    labels = keras.utils.to_categorical(ints(rng, 3, ROWS), 3).astype("float32")
    return Training(model, floats(rng, ROWS, 8, 8, 3), labels, FIT)
