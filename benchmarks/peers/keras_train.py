#!/usr/bin/env python3
"""The benchmark models in Keras. --variant tensorflow | jax. The time of a step is that of an epoch of fit over its steps."""
import os
import time

import common

args = common.arguments()
variant = args.variant or "tensorflow"
threads = str(args.threads)
os.environ.update(KERAS_BACKEND=variant, OMP_NUM_THREADS=threads, TF_NUM_INTRAOP_THREADS=threads,
                  TF_NUM_INTEROP_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
if variant == "jax":
    # XLA's pool has as many threads as the process has processors.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:args.threads])
import keras  # noqa: E402
from keras import layers, ops  # noqa: E402

if variant == "tensorflow":
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def dense_stack(size, hidden, out, dropout=0.0):
    x = inputs = keras.Input((size,))
    for units in hidden:
        x = layers.Dense(units, activation="relu")(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(out)(x))


def cnn():
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"),
                             layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2), layers.Dropout(0.25),
                             layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dropout(0.5),
                             layers.Dense(10, activation="softmax")])


def lstm_rows():
    return keras.Sequential([keras.Input((28, 28)), layers.LSTM(128), layers.Dense(10)])


def ticket():
    title, body, tags = keras.Input((10,)), keras.Input((100,)), keras.Input((12,))
    t = layers.LSTM(128)(layers.Embedding(10000, 64)(title))
    b = layers.LSTM(32)(layers.Embedding(10000, 64)(body))
    x = layers.concatenate([t, b, tags])
    return keras.Model([title, body, tags], [layers.Dense(1)(x), layers.Dense(4)(x)])


def toy_resnet():
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(64, 3, activation="relu")(layers.Conv2D(32, 3, activation="relu")(inputs))
    x = layers.MaxPooling2D(3)(x)
    for _ in range(2):
        y = layers.Conv2D(64, 3, activation="relu", padding="same")(x)
        x = layers.add([layers.Conv2D(64, 3, activation="relu", padding="same")(y), x])
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(64, 3, activation="relu")(x))
    x = layers.Dropout(0.5)(layers.Dense(256, activation="relu")(x))
    return keras.Model(inputs, layers.Dense(10)(x))


def autoencoder():
    x = inputs = keras.Input((28, 28, 1))
    for filters in (16, 32):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
    x = layers.MaxPooling2D(3)(x)
    for filters in (32, 16):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
    x = layers.Reshape((4, 4, 1))(layers.GlobalMaxPooling2D()(x))
    for filters in (16, 32):
        x = layers.Conv2DTranspose(filters, 3, activation="relu")(x)
    x = layers.UpSampling2D(3)(x)
    for filters in (16, 1):
        x = layers.Conv2DTranspose(filters, 3, activation="relu")(x)
    return keras.Model(inputs, x)


def transformer():
    inputs = keras.Input((200,))
    x = layers.Embedding(20000, 32)(inputs) + layers.Embedding(200, 32)(ops.arange(200))
    a = layers.MultiHeadAttention(2, 32)(x, x)
    x = layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(a))
    f = layers.Dense(32)(layers.Dense(32, activation="relu")(x))
    x = layers.LayerNormalization(epsilon=1e-6)(x + layers.Dropout(0.1)(f))
    x = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x))
    x = layers.Dropout(0.1)(layers.Dense(20, activation="relu")(x))
    return keras.Model(inputs, layers.Dense(2, activation="softmax")(x))


MODELS = {"mlp": lambda: dense_stack(784, (64, 64), 10), "mlp_wide": lambda: dense_stack(784, (512, 512), 10, 0.2),
          "cnn": cnn, "lstm_rows": lstm_rows, "ticket": ticket, "toy_resnet": toy_resnet, "autoencoder": autoencoder,
          "transformer": transformer, "big_mlp": lambda: dense_stack(1024, (2048, 2048), 1000)}

name, batch = args.model, common.BATCH[args.model]
batches = common.BATCHES.get(name, 12)
xs, ys = common.data(name, batch, batches)
model = MODELS[name]()
rmsprop = name in ("mlp", "mlp_wide", "ticket", "toy_resnet")
logits = name not in ("cnn", "transformer")
sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=logits)
loss = {"toy_resnet": keras.losses.CategoricalCrossentropy(from_logits=True), "autoencoder": "mse",
        "ticket": [keras.losses.BinaryCrossentropy(from_logits=True),
                   keras.losses.CategoricalCrossentropy(from_logits=True)]}.get(name, sparse)
model.compile(optimizer=keras.optimizers.RMSprop(1e-3) if rmsprop else keras.optimizers.Adam(), loss=loss,
              loss_weights=[1.0, 0.2] if name == "ticket" else None,
              metrics=None if name in ("ticket", "autoencoder", "big_mlp") else ["accuracy"])

if args.mode == "train":
    times = []
    x, y = (xs, ys) if name == "ticket" else (xs[0], ys[0])
    model.fit(x, y, batch_size=batch, epochs=2, verbose=0, shuffle=False)
    start = time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < args.seconds:
        begin = time.perf_counter()
        model.fit(x, y, batch_size=batch, epochs=1, verbose=0, shuffle=False)
        times.append((time.perf_counter() - begin) * 1e3 / batches)
else:
    rows = [[a[i:i + 1] for a in xs] for i in range(batches)]
    if variant == "tensorflow":
        call = tf.function(lambda *a: model(list(a) if len(a) > 1 else a[0], training=False))
        rows = [[tf.constant(a) for a in r] for r in rows]
        times = common.measure(lambda i: call(*rows[i]), batches, args.seconds)
    else:
        import jax
        state = ([v.value for v in model.trainable_variables], [v.value for v in model.non_trainable_variables])
        call = jax.jit(lambda *a: model.stateless_call(*state, list(a) if len(a) > 1 else a[0], training=False)[0])
        times = common.measure(lambda i: jax.block_until_ready(call(*rows[i])), batches, args.seconds)
version = keras.__version__ + " on " + variant
common.report(args, "keras-" + variant, version, times, batch if args.mode == "train" else 1)
