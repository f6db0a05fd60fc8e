"""Predict cases: one model per activation, over a range that reaches its branches and tails."""

import keras
import numpy as np
from keras import layers
from registry import Prediction, predict_case, register

from data import floats

NAMES = (
    "relu leaky_relu relu6 elu selu celu gelu silu swish softplus softsign tanh sigmoid"
    " exponential hard_sigmoid hard_silu hard_tanh mish linear log_sigmoid softmax log_softmax"
    " soft_shrink hard_shrink tanh_shrink squareplus"
).split()


def build(name, rng):
    model = keras.Sequential([keras.Input((8,)), layers.Activation(name)])
    x = floats(rng, 6, 8) * np.array([0.1, 1, 2, 3, 8, 20], "float32")[:, None]
    x[0, :4] = (0.0, 1.0, -1.0, 0.5)
    return Prediction(model, x)


for activation in NAMES:
    register(f"activation_{activation}", "predict", lambda rng, n=activation: build(n, rng))


@predict_case
def activation_softmax_rank3(rng):
    inputs = keras.Input((3, 4))
    return keras.Model(inputs, layers.Activation("softmax")(inputs)), floats(rng, 2, 3, 4)
