"""Train cases: every optimizer with its options, on one regression."""

import keras
from keras import layers, optimizers
from registry import Training, register

from data import floats

ROWS = 22


def build(rng, optimizer, warm_up=0):
    model = keras.Sequential(
        [keras.Input((5,)), layers.Dense(7, activation="tanh"), layers.Dense(2)], name="regression"
    )
    model.compile(optimizer() if callable(optimizer) else optimizer, loss="mse", metrics=["mae"])
    # Targets at a distance: no gradient is close to zero, where Adam would make noise large.
    y = floats(rng, ROWS, 2) + [2.0, -3.0]
    fit = {"epochs": 3, "batch_size": 8}
    return Training(model, floats(rng, ROWS, 5), y.astype("float32"), fit, warm_up=warm_up)


CASES = {
    "sgd_string": lambda: "sgd",
    "sgd": lambda: optimizers.SGD(0.05),
    "sgd_momentum": lambda: optimizers.SGD(0.02, momentum=0.9),
    "sgd_nesterov": lambda: optimizers.SGD(0.02, momentum=0.8, nesterov=True),
    "sgd_weight_decay": lambda: optimizers.SGD(0.05, weight_decay=0.01),
    "sgd_clipnorm": lambda: optimizers.SGD(0.1, clipnorm=0.5),
    "sgd_clipvalue": lambda: optimizers.SGD(0.1, clipvalue=0.1),
    "sgd_global_clipnorm": lambda: optimizers.SGD(0.1, global_clipnorm=0.7),
    "rmsprop_string": lambda: "rmsprop",
    "rmsprop": lambda: optimizers.RMSprop(0.01, rho=0.8, epsilon=1e-5),
    "rmsprop_momentum": lambda: optimizers.RMSprop(0.005, momentum=0.9),
    "rmsprop_centered": lambda: optimizers.RMSprop(0.005, centered=True, epsilon=1e-3),
    "rmsprop_centered_momentum": lambda: optimizers.RMSprop(
        0.003, momentum=0.5, centered=True, epsilon=1e-3
    ),
    "adam_string": lambda: "adam",
    "adam": lambda: optimizers.Adam(0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-6),
    "adam_amsgrad": lambda: optimizers.Adam(0.01, beta_2=0.7, amsgrad=True),
    "adam_weight_decay": lambda: optimizers.Adam(0.01, weight_decay=0.05),
    "adam_clipnorm": lambda: optimizers.Adam(0.01, clipnorm=0.3),
    "adam_global_clipnorm": lambda: optimizers.Adam(0.01, global_clipnorm=0.3),
}

RESUMED = ("sgd_momentum", "rmsprop", "rmsprop_centered_momentum", "adam", "adam_amsgrad")

for name, make in CASES.items():
    register(f"train_{name}", "train", lambda rng, m=make: build(rng, m()))
for name in RESUMED:
    register(
        f"train_{name}_resumed", "train", lambda rng, m=CASES[name]: build(rng, m(), warm_up=2)
    )
