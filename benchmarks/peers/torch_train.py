#!/usr/bin/env python3
"""The benchmark models in PyTorch. --variant eager | compile | bf16 (autocast, channels_last where there are images) and,
with --device cuda, graphs: the whole training step captured as one CUDA graph and replayed."""
import os

import common

args = common.arguments()
os.environ["OMP_NUM_THREADS"] = str(args.threads)
import torch  # noqa: E402  (the number of threads is read when it is loaded)
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

torch.set_num_threads(args.threads)
torch.manual_seed(0)
variant = args.variant or "eager"
device = torch.device(args.device)
on_gpu = device.type == "cuda"


class Cnn(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.25),
                         nn.Flatten(), nn.Linear(64 * 12 * 12, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))


class LstmRows(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.out = nn.LSTM(28, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


class Ticket(nn.Module):
    def __init__(self):
        super().__init__()
        self.title, self.body = nn.Embedding(10000, 64), nn.Embedding(10000, 64)
        self.lstm_title, self.lstm_body = nn.LSTM(64, 128, batch_first=True), nn.LSTM(64, 32, batch_first=True)
        self.priority, self.department = nn.Linear(172, 1), nn.Linear(172, 4)

    def forward(self, title, body, tags):
        t = self.lstm_title(self.title(title))[0][:, -1]
        b = self.lstm_body(self.body(body))[0][:, -1]
        x = torch.cat([t, b, tags], 1)
        return self.priority(x), self.department(x)


class ToyResnet(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(3, 32, 3), nn.Conv2d(32, 64, 3)
        self.blocks = nn.ModuleList(nn.Conv2d(64, 64, 3, padding=1) for _ in range(4))
        self.c3, self.d1, self.d2 = nn.Conv2d(64, 64, 3), nn.Linear(64, 256), nn.Linear(256, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c2(F.relu(self.c1(x)))), 3)
        for i in (0, 2):
            x = x + F.relu(self.blocks[i + 1](F.relu(self.blocks[i](x))))
        x = F.relu(self.c3(x)).mean((2, 3))
        return self.d2(F.dropout(F.relu(self.d1(x)), 0.5, self.training))


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(3),
                                     nn.Conv2d(32, 32, 3), nn.ReLU(), nn.Conv2d(32, 16, 3), nn.ReLU(),
                                     nn.AdaptiveMaxPool2d(1))
        self.decoder = nn.Sequential(nn.ConvTranspose2d(1, 16, 3), nn.ReLU(), nn.ConvTranspose2d(16, 32, 3), nn.ReLU(),
                                     nn.Upsample(scale_factor=3), nn.ConvTranspose2d(32, 16, 3), nn.ReLU(),
                                     nn.ConvTranspose2d(16, 1, 3), nn.ReLU())

    def forward(self, x):
        return self.decoder(self.encoder(x).reshape(-1, 1, 4, 4))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.token, self.position = nn.Embedding(20000, 32), nn.Embedding(200, 32)
        self.qkv, self.attention_out = nn.Linear(32, 3 * 64), nn.Linear(64, 32)
        self.norm1, self.norm2 = nn.LayerNorm(32, 1e-6), nn.LayerNorm(32, 1e-6)
        self.feed = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 32))
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(32, 20), nn.ReLU(), nn.Dropout(0.1), nn.Linear(20, 2))

    def forward(self, tokens):
        n, t = tokens.shape
        x = self.token(tokens) + self.position.weight
        q, k, v = self.qkv(x).view(n, t, 3, 2, 32).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, 64)
        x = self.norm1(x + F.dropout(self.attention_out(a), 0.1, self.training))
        x = self.norm2(x + F.dropout(self.feed(x), 0.1, self.training))
        return self.head(x.mean(1))


def mlp(*sizes, dropout=0.0):
    layers = []
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(a, b))
        if i + 2 < len(sizes):
            layers += [nn.ReLU()] + ([nn.Dropout(dropout)] if dropout else [])
    return nn.Sequential(*layers)


MODELS = {"mlp": lambda: mlp(784, 64, 64, 10), "mlp_wide": lambda: mlp(784, 512, 512, 10, dropout=0.2), "cnn": Cnn,
          "lstm_rows": LstmRows, "ticket": Ticket, "toy_resnet": ToyResnet, "autoencoder": Autoencoder,
          "transformer": Transformer, "big_mlp": lambda: mlp(1024, 2048, 2048, 1000)}
RMSPROP = {"mlp", "mlp_wide", "ticket", "toy_resnet"}
IMAGES = {"cnn", "toy_resnet", "autoencoder"}
NO_ACCURACY = {"ticket", "autoencoder", "big_mlp"}

name, batch = args.model, common.BATCH[args.model]
batches = common.BATCHES.get(name, 12)
xs, ys = common.data(name, batch, batches)
model = MODELS[name]()


def tensor(a):
    t = torch.from_numpy(a).to(device)
    if name in IMAGES and t.dim() == 4:
        t = t.permute(0, 3, 1, 2).contiguous()
        return t.contiguous(memory_format=torch.channels_last)
    return t


model = model.to(device)
if name in IMAGES:
    model = model.to(memory_format=torch.channels_last)
xs, ys = [tensor(x) for x in xs], [tensor(y) for y in ys]
capturable = {"capturable": True} if on_gpu else {}
optimizer = (torch.optim.RMSprop(model.parameters(), 1e-3, 0.9, 1e-7, foreach=True, **capturable) if name in RMSPROP else
             torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7, fused=True, **capturable))
forward = torch.compile(model, mode="reduce-overhead" if on_gpu else None) if variant == "compile" else model


def loss_of(out, y):
    if name == "ticket":
        return (F.binary_cross_entropy_with_logits(out[0], y[0]) + 0.2 * F.cross_entropy(out[1], y[1]))
    if name == "autoencoder":
        return F.mse_loss(out, y[0])
    return F.cross_entropy(out, y[0])


correct = torch.zeros((), dtype=torch.int64, device=device)


def rows(arrays, i):
    return [a[i * batch:(i + 1) * batch] for a in arrays]


def train_on(x, y):
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device.type, torch.bfloat16, enabled=variant == "bf16"):
        out = forward(*x)
        loss = loss_of(out, y)
    loss.backward()
    optimizer.step()
    if name not in NO_ACCURACY:
        target = y[0] if y[0].dim() == 1 else y[0].argmax(1)
        correct.add_((out.argmax(1) == target).sum())


def train(i):
    train_on(rows(xs, i), rows(ys, i))


def captured():
    """A step that copies its batch to where the graph reads it, and replays the graph."""
    x, y = [a.clone() for a in rows(xs, 0)], [a.clone() for a in rows(ys, 0)]
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            train_on(x, y)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        train_on(x, y)

    def replay(i):
        for to, source in zip(x + y, rows(xs, i) + rows(ys, i)):
            to.copy_(source)
        graph.replay()
    return replay


def predict(i):
    with torch.inference_mode():
        forward(*[a[i:i + 1] for a in xs])


if args.mode == "predict":
    model.eval()
step = predict if args.mode == "predict" else captured() if variant == "graphs" else train
times = common.measure(step, batches, args.seconds, torch.cuda.synchronize if on_gpu else None)
common.report(args, "torch" if variant == "eager" else "torch-" + variant, torch.__version__, times,
              batch if args.mode == "train" else 1)
