"""Non-trivial weights for a model, drawn by NumPy and so the same for every backend."""

import numpy as np

# name of the variable -> its values. Moving statistics and scales away from their start values 0
# and 1 show a mix-up of the four variables of BatchNormalization.
RULES = {
    "bias": lambda rng, shape: 0.1 * rng.standard_normal(shape),
    "gamma": lambda rng, shape: 1.0 + 0.2 * rng.standard_normal(shape),
    "beta": lambda rng, shape: 0.2 * rng.standard_normal(shape),
    "moving_mean": lambda rng, shape: 0.5 * rng.standard_normal(shape),
    "moving_variance": lambda rng, shape: rng.uniform(0.5, 2.0, shape),
    "embeddings": lambda rng, shape: 0.5 * rng.standard_normal(shape),
}


def kernel(rng: np.random.Generator, shape: tuple) -> np.ndarray:
    """Normal values that keep the variance of what goes through."""
    return rng.standard_normal(shape) / np.sqrt(max(1, np.prod(shape[:-1])))


def randomize(model, rng: np.random.Generator) -> None:
    """Sets every weight of `model` (`model.weights`, so seed generators stay as they are)."""
    model.set_weights(
        [RULES.get(v.name, kernel)(rng, tuple(v.shape)).astype("float32") for v in model.weights]
    )
