#!/usr/bin/env python3
"""weft beside its peers: every contender runs each model in turn, round after round, on the same machine.

    compare.py --weft build/release/bin/bench_train [--python VENV/bin/python] [--libtorch PROGRAM] [--opennn PROGRAM]
               [--models mlp cnn] [--threads 1 2] [--rounds 3] [--seconds 2] [--mode train|predict] [--output FILE.md]

A contender that cannot run (not installed, model not written for it) is said and left out. The table gives, per model and
number of threads, the median over the rounds of each one's median step time, and the ratio of the best peer's to weft's.
The JSON beside the table holds every line that was printed.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MODELS = ["mlp", "mlp_wide", "cnn", "lstm_rows", "ticket", "toy_resnet", "autoencoder", "transformer", "big_mlp"]
TIMEOUT_S = 300


def contenders(args):
    """Name -> the command before the common options, the number of threads in the environment."""
    out = {"weft": [args.weft]}
    if args.python:
        peers = HERE / "peers"
        for variant in args.torch:
            name = "torch" if variant == "eager" else "torch-" + variant
            out[name] = [args.python, peers / "torch_train.py", "--variant", variant]
        for variant in args.keras:
            out["keras-" + variant] = [args.python, peers / "keras_train.py", "--variant", variant]
    if args.libtorch:
        out["libtorch"] = [args.libtorch]
    if args.opennn:
        out["opennn"] = [args.opennn]
    return out


def run(command, model, threads, args):
    command = [*map(str, command), "--model", model, "--threads", str(threads), "--seconds", str(args.seconds),
               "--mode", args.mode]
    if args.device != "cpu":
        command += ["--device", args.device]
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
    try:
        result = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT_S,
                                env=environment)
        return json.loads(result.stdout.strip().splitlines()[-1]), ""
    except subprocess.TimeoutExpired:
        return None, f"no result in {TIMEOUT_S} s"
    except (IndexError, ValueError, OSError) as error:
        text = result.stderr.strip().splitlines() if "result" in locals() else [str(error)]
        return None, text[-1] if text else "no result"


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "?")
    flags = next((line for line in info.splitlines() if line.startswith("flags")), "").split()
    isa = [f for f in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if f in flags]
    return f"{model}, {os.cpu_count()} cores, {' '.join(isa) or 'no AVX2'}, {platform.release()}"


def measure(args):
    lines, refused = [], {}
    everyone = contenders(args)
    for model in args.models:
        for threads in args.threads:
            for _ in range(args.rounds):
                for name, command in everyone.items():
                    if (name, model) in refused:
                        continue
                    line, why = run(command, model, threads, args)
                    if line is None:
                        refused[name, model] = why
                        print(f"{name} {model}: left out: {why}", file=sys.stderr, flush=True)
                        continue
                    lines.append(dict(line, contender=name, model=model, threads=threads))
            print(model, threads, "done", file=sys.stderr, flush=True)
        yield lines, refused


def of(lines, model, threads, contender, key="ms_per_step_median"):
    return [l[key] for l in lines if (l["model"], l["threads"], l["contender"]) == (model, threads, contender)]


def number(x):
    return f"{x:.3g}" if x < 100 else f"{x:.0f}"


def table(lines, args):
    peers = [c for c in dict.fromkeys(l["contender"] for l in lines) if c != "weft"]
    header = ["model", "threads", "weft median", "weft min", "kernels", "peak RSS MB", *peers, "best peer / weft"]
    out = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    for model in args.models:
        for threads in args.threads:
            weft = of(lines, model, threads, "weft")
            if not weft:
                continue
            mine = statistics.median(weft)
            cells = [model, str(threads), number(mine), number(min(of(lines, model, threads, "weft", "ms_per_step_min"))),
                     number(statistics.median(of(lines, model, threads, "weft", "kernel_ms"))),
                     f"{max(of(lines, model, threads, 'weft', 'peak_rss_bytes')) / 1e6:.0f}"]
            medians = {}
            for peer in peers:
                times = of(lines, model, threads, peer)
                if times:
                    medians[peer] = statistics.median(times)
                cells.append(number(medians[peer]) if peer in medians else "-")
            best = min(medians, key=medians.get) if medians else None
            cells.append(f"{medians[best] / mine:.2f} ({best})" if best else "-")
            out.append("| " + " | ".join(cells) + " |")
    return out


def profile_table(lines, args):
    """Where weft's time goes: the parts of the kernels' time, the arithmetic beside the peak, memory."""
    kinds = list(dict.fromkeys(k for l in lines if l["contender"] == "weft" for k in l.get("profile_ms", {})))
    header = ["model", "threads", *(f"{k} %" for k in kinds), "median / kernels", "GFLOP", "% of peak", "ops", "reference ops",
              "plan MB", "peak RSS MB", "of torch's"]
    out = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    for model in args.models:
        for threads in args.threads:
            mine = [l for l in lines if (l["model"], l["threads"], l["contender"]) == (model, threads, "weft")]
            if not mine:
                continue
            best = min(mine, key=lambda l: l["ms_per_step_median"])
            kernels = sum(best["profile_ms"].values())
            parts = [f"{100 * best['profile_ms'].get(k, 0) / kernels:.0f}" for k in kinds]
            peak = best["peak_gflop_s"] * best["ms_per_step_median"] / 1e3
            torch = of(lines, model, threads, "torch", "peak_rss_bytes")
            out.append("| " + " | ".join([
                model, str(threads), *parts, f"{best['ms_per_step_median'] / kernels:.2f}", number(best["gflop"]),
                f"{100 * best['gflop'] / peak:.0f}" if peak else "-", str(best["plan_ops"]), str(best["reference_ops"]),
                f"{best['plan_bytes'] / 1e6:.1f}", f"{best['peak_rss_bytes'] / 1e6:.0f}",
                f"{best['peak_rss_bytes'] / min(torch):.2f}" if torch else "-"]) + " |")
    return out


def report(lines, refused, args):
    versions = {l["contender"]: l.get("version", "commit " + l.get("commit", "?")) for l in lines}
    where = "a CPU" if args.device == "cpu" else args.device
    text = [f"# {'A training step' if args.mode == 'train' else 'A prediction of one sample'} on {where}, in ms", "",
            f"- date: {datetime.date.today()}", f"- machine: {machine()}",
            f"- environment: WEFT_ISA={os.environ.get('WEFT_ISA', '')} DNNL_MAX_CPU_ISA={os.environ.get('DNNL_MAX_CPU_ISA', '')}",
            "- versions: " + ", ".join(f"{k} {v}" for k, v in versions.items()),
            f"- {args.rounds} interleaved rounds of {args.seconds} s; medians of medians; float32", "", *table(lines, args), "",
            "Where weft's time goes, by its own profiler (kernels and staging = 100 %), beside the measured peak of fused multiply-adds:", "",
            *profile_table(lines, args), ""]
    text += [f"{name} {model}: left out: {why}" for (name, model), why in refused.items()]
    return "\n".join(text).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weft", required=True)
    parser.add_argument("--python", help="of an environment with torch, keras, tensorflow, jax: those that are there")
    parser.add_argument("--torch", nargs="*", default=["eager", "compile"])
    parser.add_argument("--keras", nargs="*", default=["tensorflow", "jax"])
    parser.add_argument("--libtorch")
    parser.add_argument("--opennn")
    parser.add_argument("--models", nargs="+", default=MODELS, choices=MODELS)
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--mode", default="train", choices=["train", "predict"])
    parser.add_argument("--device", default="cpu", help="cpu, or cuda:0 for weft and PyTorch")
    parser.add_argument("--output", type=pathlib.Path)
    args = parser.parse_args()

    text = ""
    for lines, refused in measure(args):  # after each model: whoever stops it keeps what there is
        text = report(lines, refused, args)
        if args.output:
            args.output.parent.mkdir(parents=True, exist_ok=True)
            args.output.write_text(text)
            args.output.with_suffix(".json").write_text("\n".join(json.dumps(l) for l in lines) + "\n")
    print(text)


if __name__ == "__main__":
    main()
