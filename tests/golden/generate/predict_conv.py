"""Predict cases: convolutions of all kinds."""

import keras
from keras import layers
from registry import predict_case

from data import floats


def one(rng, layer, *shape, batch=2):
    """A model of one layer."""
    inputs = keras.Input(shape)
    return keras.Model(inputs, layer(inputs)), floats(rng, batch, *shape)


@predict_case
def conv1d(rng):
    return one(rng, layers.Conv1D(4, 3), 9, 3)


@predict_case
def conv1d_same_stride(rng):
    """An even window and a stride: more zeros behind than before."""
    return one(rng, layers.Conv1D(4, 4, strides=2, padding="same", activation="relu"), 9, 3)


@predict_case
def conv1d_causal(rng):
    return one(rng, layers.Conv1D(4, 3, padding="causal"), 8, 2)


@predict_case
def conv1d_causal_dilated(rng):
    return one(rng, layers.Conv1D(3, 3, padding="causal", dilation_rate=2), 9, 2)


@predict_case
def conv1d_causal_stride(rng):
    return one(rng, layers.Conv1D(3, 3, padding="causal", strides=2), 9, 2)


@predict_case
def conv1d_groups(rng):
    return one(rng, layers.Conv1D(6, 3, groups=2, use_bias=False), 8, 4)


@predict_case
def conv1d_none_length(rng):
    inputs = keras.Input((None, 3))
    x = layers.Conv1D(4, 3, padding="same", activation="tanh")(inputs)
    return keras.Model(inputs, layers.Conv1D(2, 2, strides=2)(x)), floats(rng, 2, 11, 3)


@predict_case
def conv1d_channels_first(rng):
    return one(rng, layers.Conv1D(4, 3, data_format="channels_first"), 3, 9)


@predict_case
def conv2d(rng):
    return one(rng, layers.Conv2D(4, 3), 6, 7, 3)


@predict_case
def conv2d_one_channel(rng):
    return one(rng, layers.Conv2D(32, 3, activation="relu"), 10, 10, 1)


@predict_case
def conv2d_three_channels(rng):
    return one(rng, layers.Conv2D(16, 3, padding="same"), 9, 9, 3)


@predict_case
def conv2d_same(rng):
    return one(rng, layers.Conv2D(5, 3, padding="same", activation="relu"), 6, 7, 3)


@predict_case
def conv2d_same_even(rng):
    return one(rng, layers.Conv2D(4, (2, 4), padding="same"), 5, 6, 2)


@predict_case
def conv2d_same_stride(rng):
    return one(rng, layers.Conv2D(4, 3, strides=2, padding="same"), 7, 8, 3)


@predict_case
def conv2d_same_stride_uneven(rng):
    return one(rng, layers.Conv2D(4, (3, 5), strides=(2, 3), padding="same"), 8, 10, 2)


@predict_case
def conv2d_stride_leaves_rest(rng):
    """The last rows and columns belong to no window."""
    return one(rng, layers.Conv2D(4, 2, strides=3), 7, 9, 3)


@predict_case
def conv2d_stride_beyond_window(rng):
    return one(rng, layers.Conv2D(4, 1, strides=3), 8, 8, 3)


@predict_case
def conv2d_dilated(rng):
    return one(rng, layers.Conv2D(4, 3, dilation_rate=2), 9, 8, 2)


@predict_case
def conv2d_dilated_same(rng):
    return one(rng, layers.Conv2D(4, (3, 2), dilation_rate=(2, 3), padding="same"), 9, 8, 2)


@predict_case
def conv2d_groups(rng):
    return one(rng, layers.Conv2D(6, 3, groups=3, padding="same"), 5, 6, 6)


@predict_case
def conv2d_groups_of_one(rng):
    return one(rng, layers.Conv2D(8, 3, groups=4), 5, 6, 4)


@predict_case
def conv2d_pointwise(rng):
    return one(rng, layers.Conv2D(7, 1, activation="sigmoid"), 4, 5, 3)


@predict_case
def conv2d_window_of_whole_image(rng):
    return one(rng, layers.Conv2D(3, (4, 5)), 4, 5, 2)


@predict_case
def conv2d_window_beyond_image(rng):
    return one(rng, layers.Conv2D(3, 5, padding="same"), 2, 3, 2)


@predict_case
def conv2d_channels_first(rng):
    return one(
        rng, layers.Conv2D(4, 3, padding="same", strides=2, data_format="channels_first"), 3, 7, 8
    )


@predict_case
def conv2d_channels_first_softmax(rng):
    """The activation sees the data as they are: the last axis is a spatial one."""
    return one(rng, layers.Conv2D(4, 2, activation="softmax", data_format="channels_first"), 2, 4, 5)


@predict_case
def conv2d_options(rng):
    inputs = keras.Input((6, 6, 4))
    x = layers.Conv2D(
        4,
        (3, 2),
        kernel_initializer="he_normal",
        bias_initializer=keras.initializers.Constant(0.5),
        kernel_regularizer="l2",
        bias_regularizer=keras.regularizers.L1(0.1),
        activity_regularizer="l1",
        kernel_constraint=keras.constraints.MaxNorm(2.0, axis=[0, 1, 2]),
        bias_constraint="non_neg",
        name="all",
    )(inputs)
    return keras.Model(inputs, layers.Conv2D(2, 2, use_bias=False)(x)), floats(rng, 2, 6, 6, 4)


@predict_case
def conv2d_none_sizes(rng):
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(inputs)
    return keras.Model(inputs, layers.Conv2D(2, 3)(x)), floats(rng, 2, 9, 10, 3)


@predict_case
def conv2d_stack(rng):
    inputs = keras.Input((12, 12, 3))
    x = layers.Conv2D(8, 3, activation="relu")(inputs)
    x = layers.Conv2D(8, 3, strides=2, activation="relu", padding="same")(x)
    y = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    y = layers.Conv2D(8, 3, padding="same")(y)
    x = layers.Activation("relu")(layers.add([x, y]))
    x = layers.Dense(5, activation="softmax")(layers.Flatten()(x))
    return keras.Model(inputs, x, name="small_resnet"), floats(rng, 3, 12, 12, 3)


@predict_case
def conv2d_sequential(rng):
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(6, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Conv2D(4, 3, strides=2),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    return model, floats(rng, 4, 8, 8, 1)


@predict_case
def conv3d(rng):
    return one(rng, layers.Conv3D(3, 2), 4, 5, 4, 2)


@predict_case
def conv3d_same_stride(rng):
    return one(rng, layers.Conv3D(3, 3, strides=(2, 1, 2), padding="same"), 4, 3, 5, 2)


@predict_case
def conv3d_dilated(rng):
    return one(rng, layers.Conv3D(3, (1, 2, 2), dilation_rate=(1, 2, 1)), 3, 5, 4, 2)


@predict_case
def conv3d_groups(rng):
    return one(rng, layers.Conv3D(4, 2, groups=2, activation="relu"), 3, 4, 3, 4)


@predict_case
def conv3d_channels_first(rng):
    return one(rng, layers.Conv3D(3, 2, data_format="channels_first"), 2, 4, 5, 4)


@predict_case
def conv1d_transpose(rng):
    return one(rng, layers.Conv1DTranspose(3, 3, strides=2), 5, 2)


@predict_case
def conv1d_transpose_same(rng):
    return one(rng, layers.Conv1DTranspose(3, 4, strides=3, padding="same"), 5, 2)


@predict_case
def conv1d_transpose_dilated(rng):
    return one(rng, layers.Conv1DTranspose(3, 3, dilation_rate=2), 5, 2)


@predict_case
def conv2d_transpose(rng):
    return one(rng, layers.Conv2DTranspose(4, 3, activation="relu"), 4, 5, 3)


@predict_case
def conv2d_transpose_same_stride(rng):
    return one(rng, layers.Conv2DTranspose(4, 3, strides=2, padding="same"), 4, 5, 3)


@predict_case
def conv2d_transpose_stride_beyond_window(rng):
    return one(rng, layers.Conv2DTranspose(4, 2, strides=3), 3, 4, 2)


@predict_case
def conv2d_transpose_same_stride_beyond_window(rng):
    return one(rng, layers.Conv2DTranspose(4, 1, strides=2, padding="same"), 3, 4, 2)


@predict_case
def conv2d_transpose_output_padding(rng):
    return one(
        rng,
        layers.Conv2DTranspose(3, (3, 4), strides=(2, 3), padding="same", output_padding=(1, 2)),
        4,
        3,
        2,
    )


@predict_case
def conv2d_transpose_output_padding_valid(rng):
    return one(rng, layers.Conv2DTranspose(3, 3, strides=2, output_padding=1), 4, 3, 2)


@predict_case
def conv2d_transpose_output_padding_zero(rng):
    return one(
        rng, layers.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=0), 4, 3, 2
    )


@predict_case
def conv2d_transpose_channels_first(rng):
    layer = layers.Conv2DTranspose(3, 3, strides=2, padding="same", data_format="channels_first")
    return one(rng, layer, 2, 4, 3)


@predict_case
def conv2d_transpose_none_sizes(rng):
    inputs = keras.Input((None, None, 2))
    x = layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="relu")(inputs)
    return keras.Model(inputs, layers.Conv2DTranspose(1, 3)(x)), floats(rng, 2, 4, 5, 2)


@predict_case
def conv3d_transpose(rng):
    return one(rng, layers.Conv3DTranspose(2, 2, strides=2), 2, 3, 2, 3)


@predict_case
def conv3d_transpose_output_padding(rng):
    layer = layers.Conv3DTranspose(2, 3, strides=(2, 1, 2), padding="same", output_padding=(1, 0, 1))
    return one(rng, layer, 3, 3, 2, 2)


@predict_case
def depthwise_conv1d(rng):
    return one(rng, layers.DepthwiseConv1D(3, padding="same", strides=2), 9, 3)


@predict_case
def depthwise_conv1d_multiplier(rng):
    return one(rng, layers.DepthwiseConv1D(3, depth_multiplier=2, dilation_rate=2), 9, 3)


@predict_case
def depthwise_conv2d(rng):
    return one(rng, layers.DepthwiseConv2D(3, activation="relu"), 6, 7, 4)


@predict_case
def depthwise_conv2d_multiplier(rng):
    layer = layers.DepthwiseConv2D((3, 2), depth_multiplier=3, padding="same", strides=2)
    return one(rng, layer, 6, 7, 2)


@predict_case
def depthwise_conv2d_channels_first(rng):
    layer = layers.DepthwiseConv2D(3, depth_multiplier=2, data_format="channels_first")
    return one(rng, layer, 3, 6, 7)


@predict_case
def depthwise_conv2d_dilated(rng):
    return one(rng, layers.DepthwiseConv2D(3, dilation_rate=2, use_bias=False), 8, 7, 16)


@predict_case
def separable_conv1d(rng):
    return one(rng, layers.SeparableConv1D(4, 3, padding="same", depth_multiplier=2), 8, 3)


@predict_case
def separable_conv2d(rng):
    return one(rng, layers.SeparableConv2D(5, 3, strides=2, activation="relu"), 8, 7, 3)


@predict_case
def separable_conv2d_same(rng):
    layer = layers.SeparableConv2D(
        5, 3, padding="same", depth_multiplier=2, use_bias=False, pointwise_initializer="he_normal"
    )
    return one(rng, layer, 6, 7, 3)


@predict_case
def separable_conv2d_channels_first(rng):
    return one(rng, layers.SeparableConv2D(5, 3, data_format="channels_first"), 3, 6, 7)


@predict_case
def conv_autoencoder(rng):
    inputs = keras.Input((10, 10, 1))
    x = layers.Conv2D(4, 3, activation="relu")(inputs)
    x = layers.Conv2D(6, 3, strides=2, activation="relu")(x)
    x = layers.Conv2DTranspose(4, 3, activation="relu")(x)
    x = layers.Conv2DTranspose(4, 2, strides=2, activation="relu")(x)
    return keras.Model(inputs, layers.Conv2DTranspose(1, 3, padding="same")(x)), floats(
        rng, 2, 10, 10, 1
    )
