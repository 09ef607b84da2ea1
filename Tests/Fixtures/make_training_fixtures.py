"""Writes training.json: what PyTorch's optimizers, schedules, layers and initialisers do.

    python3 make_training_fixtures.py

Any PyTorch from 2.0 on gives the same up to rounding; the version that was used is in the file.
"""

import json
import math
import pathlib

import torch
from torch import nn
from torch.optim import lr_scheduler as schedulers

torch.manual_seed(7)


def rounded(tensor):
    return [float(f"{value:.9g}") for value in tensor.flatten().tolist()]


def optimizer_case(name, make, clip=None):
    shapes = [(3, 2), (5,)]
    weights = [nn.Parameter(torch.randn(*shape)) for shape in shapes]
    optimizer = make(weights)
    case = {"name": name, "shapes": shapes, "weights": [rounded(w) for w in weights], "gradients": [], "after": []}
    for step in range(10):
        gradients = [torch.randn(*shape) * (1 + step % 3) for shape in shapes]
        case["gradients"].append([rounded(g) for g in gradients])
        for weight, gradient in zip(weights, gradients):
            weight.grad = gradient.clone()
        if clip:
            clip(weights)
        optimizer.step()
        case["after"].append([rounded(w) for w in weights])
    return case


optim = torch.optim
optimizers = [
    optimizer_case("sgd", lambda w: optim.SGD(w, lr=0.1)),
    optimizer_case("sgd decay", lambda w: optim.SGD(w, lr=0.1, weight_decay=0.05)),
    optimizer_case("sgd momentum", lambda w: optim.SGD(w, lr=0.1, momentum=0.9, weight_decay=0.01)),
    optimizer_case("sgd nesterov", lambda w: optim.SGD(w, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)),
    optimizer_case("adam", lambda w: optim.Adam(w, lr=0.01)),
    optimizer_case("adam decay", lambda w: optim.Adam(w, lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
    optimizer_case("adamw", lambda w: optim.AdamW(w, lr=0.01, weight_decay=0.1)),
    optimizer_case("rmsprop", lambda w: optim.RMSprop(w, lr=0.01)),
    optimizer_case("rmsprop momentum", lambda w: optim.RMSprop(w, lr=0.01, alpha=0.9, momentum=0.5, weight_decay=0.1)),
    optimizer_case("rmsprop centered", lambda w: optim.RMSprop(w, lr=0.01, centered=True)),
    optimizer_case("rmsprop both", lambda w: optim.RMSprop(w, lr=0.01, centered=True, momentum=0.9)),
    optimizer_case(
        "sgd clipped by norm", lambda w: optim.SGD(w, lr=0.1, momentum=0.9),
        lambda w: nn.utils.clip_grad_norm_(w, 1.5)),
    optimizer_case(
        "sgd clipped by value", lambda w: optim.SGD(w, lr=0.1, momentum=0.9),
        lambda w: nn.utils.clip_grad_value_(w, 0.5)),
]


def rates(make, steps, base=0.1, losses=None):
    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=base)
    scheduler = make(optimizer)
    found = []
    for step in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(losses[step]) if losses else scheduler.step()
    return found


losses = [1.0, 0.9, 0.9, 0.9, 0.9, 0.5, 0.5, 0.49999, 0.6, 0.6, 0.6, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
schedules = {
    "constant": rates(lambda o: schedulers.LambdaLR(o, lambda _: 1), 5),
    "step": rates(lambda o: schedulers.StepLR(o, 3, gamma=0.5), 10),
    "multiStep": rates(lambda o: schedulers.MultiStepLR(o, [2, 5, 6], gamma=0.1), 10),
    "cosine": rates(lambda o: schedulers.CosineAnnealingLR(o, 8, eta_min=0.01), 9),
    "oneCycle": rates(lambda o: schedulers.OneCycleLR(o, 0.1, total_steps=20, cycle_momentum=False), 20),
    "plateau": rates(
        lambda o: schedulers.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=1, min_lr=0.02), 20, losses=losses),
    "warmUp": rates(
        lambda o: schedulers.SequentialLR(
            o,
            [
                schedulers.LinearLR(o, start_factor=0.2, total_iters=4),
                schedulers.CosineAnnealingLR(o, 6),
            ],
            milestones=[4]), 11),
}


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.downsample = (
            None if inputs == outputs else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, (3, 5), padding=1, groups=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.ConvTranspose2d(8, 6, 2, stride=2, groups=2), nn.Dropout(0.1))
        self.blocks = nn.ModuleList([Block(6, 6, 1), Block(6, 12, 2)])
        self.norm = nn.LayerNorm([12])
        self.table = nn.Embedding(10, 4)
        self.head = nn.Linear(12, 5)


def statistics(tensor):
    return {
        "minimum": tensor.min().item(), "maximum": tensor.max().item(), "mean": tensor.mean().item(),
        "deviation": tensor.std().item()}


def initial(fill, shape=(96, 64, 3, 3)):
    tensor = torch.empty(*shape)
    fill(tensor)
    return {"shape": shape, **statistics(tensor)}


init = nn.init
initializers = {
    "kaimingUniform": initial(init.kaiming_uniform_),
    "kaimingUniform output leaky": initial(lambda t: init.kaiming_uniform_(t, a=0.2, mode="fan_out")),
    "kaimingNormal": initial(lambda t: init.kaiming_normal_(t, nonlinearity="relu")),
    "kaimingNormal output": initial(lambda t: init.kaiming_normal_(t, mode="fan_out", nonlinearity="relu")),
    "xavierUniform": initial(init.xavier_uniform_),
    "xavierNormal": initial(lambda t: init.xavier_normal_(t, gain=init.calculate_gain("tanh"))),
    "uniform": initial(lambda t: init.uniform_(t, -0.25, 0.5)),
    "normal": initial(lambda t: init.normal_(t, 1, 0.5)),
    "constant": initial(lambda t: init.constant_(t, 0.3)),
    "orthogonal": initial(init.orthogonal_),
    "conv weight": {"shape": (96, 64, 3, 3), **statistics(nn.Conv2d(64, 96, 3).weight)},
    "linear weight": {"shape": (300, 200), **statistics(nn.Linear(200, 300).weight)},
    "linear bias": {"shape": (3000,), **statistics(nn.Linear(200, 3000).bias)},
    "transposed conv weight": {"shape": (64, 96, 3, 3), **statistics(nn.ConvTranspose2d(64, 96, 3).weight)},
}

batch_norm = nn.BatchNorm2d(3, momentum=0.2)
batches = [torch.randn(4, 3, 2, 2) * 2 + 1 for _ in range(3)]
for batch in batches:
    batch_norm(batch)

pathlib.Path(__file__).with_name("training.json").write_text(
    json.dumps(
        {
            "torch": torch.__version__,
            "optimizers": optimizers,
            "losses": losses,
            "schedules": schedules,
            "network": {
                "parameters": [{"name": n, "shape": list(p.shape)} for n, p in Network().named_parameters()],
                "statistics": [{"name": n, "shape": list(b.shape)} for n, b in Network().named_buffers()],
            },
            "initializers": initializers,
            "batchNorm": {
                "batches": [rounded(b) for b in batches],
                "runningMean": rounded(batch_norm.running_mean),
                "runningVar": rounded(batch_norm.running_var),
            },
        })
    + "\n")
