"""What the Python peers share: arguments, data of bench-models.md, timing, the line of JSON."""
import argparse
import json
import resource
import time

import numpy as np

BATCH = {"mlp": 64, "mlp_wide": 128, "cnn": 128, "lstm_rows": 128, "ticket": 32, "toy_resnet": 64, "autoencoder": 64,
         "transformer": 32, "big_mlp": 256}
BATCHES = {"mlp": 500, "mlp_wide": 100, "lstm_rows": 40, "ticket": 40}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True, choices=sorted(BATCH))
    parser.add_argument("--mode", default="train", choices=["train", "predict"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--variant", default="")
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


def data(name, batch, batches):
    """Inputs (a list) and targets (a list) as NumPy arrays: uniform images, uniform integers."""
    rng = np.random.default_rng(0)
    n = batch * batches

    def image(*shape):
        return rng.random((n, *shape), dtype=np.float32)

    def labels(classes):
        return rng.integers(0, classes, n)

    def one_hot(classes):
        return np.eye(classes, dtype=np.float32)[labels(classes)]

    if name in ("mlp", "mlp_wide"):
        return [image(784)], [labels(10)]
    if name == "big_mlp":
        return [image(1024)], [labels(1000)]
    if name == "cnn":
        return [image(28, 28, 1)], [labels(10)]
    if name == "lstm_rows":
        return [image(28, 28)], [labels(10)]
    if name == "toy_resnet":
        return [image(32, 32, 3)], [one_hot(10)]
    if name == "autoencoder":
        x = image(28, 28, 1)
        return [x], [x]
    if name == "transformer":
        return [rng.integers(0, 20000, (n, 200))], [labels(2)]
    title, body = rng.integers(0, 10000, (n, 10)), rng.integers(0, 10000, (n, 100))
    tags = rng.integers(0, 2, (n, 12)).astype(np.float32)
    return [title, body, tags], [rng.random((n, 1), dtype=np.float32), one_hot(4)]


def measure(step, count, seconds, wait=None):
    """step(i) runs the i-th batch of `count`; the times of the steps in the steady state, in ms. Where a device runs behind,
    `wait` waits for it: after blocks of 20 steps, each of which counts as their mean."""
    block = 1 if wait is None else 20
    wait = wait or (lambda: None)
    for i in range(5):
        step(i % count)
    wait()
    times = []
    number = 0
    start = time.perf_counter()
    while len(times) < 20 or time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        for _ in range(block):
            step(number % count)
            number += 1
        wait()
        times.append((time.perf_counter() - begin) * 1e3 / block)
    return times


def report(args, peer, version, times, batch):
    times = sorted(times)
    median = times[len(times) // 2]
    print(json.dumps({
        "peer": peer, "version": version, "model": args.model, "mode": args.mode, "threads": args.threads,
        "batch_size": batch, "steps": len(times), "ms_per_step_median": median, "ms_per_step_min": times[0],
        "samples_per_second": batch / median * 1e3,
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
