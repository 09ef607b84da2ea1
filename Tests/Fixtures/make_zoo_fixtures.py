"""What PyTorch and torchvision make of the published networks.

    python3 make_zoo_fixtures.py                     # writes zoo.safetensors; needs torch and torchvision
    python3 make_zoo_fixtures.py --live NAME FOLDER  # random weights of one network, with an input and its output

The weights behind zoo.safetensors follow from their names by a formula (`formula` below), which the tests compute as
well: only results are kept.
"""

import argparse
import functools
import json
import math
import pathlib

import numpy as np
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

# Formula ----------------------------------------------------------------------------------------------------------


def fnv1a(text):
    """FNV-1a with 64 bits."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def uniform(name, count):
    """`count` numbers of -1..<1, multiples of 2^-23: SplitMix64 from the hash of a name."""
    result = np.empty(count, np.float32)
    state, golden, most = fnv1a(name), 0x9E3779B97F4A7C15, 1 << 16
    steps = np.arange(1, most + 1, dtype=np.uint64) * np.uint64(golden)
    for start in range(0, count, most):  # pieces that stay in the cache
        z = steps[: count - start] + np.uint64((state + start * golden) % 2**64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
        result[start : start + most] = (z >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1)
    return result


@functools.cache
def formula(name, shape):
    """The tensor of a name: it keeps activations of order 1, and no two channels alike."""
    u = uniform(name, math.prod(shape)).reshape(shape)
    last = name.split(".")[-1]
    if last == "num_batches_tracked":
        return np.zeros(shape, np.float32)
    if last == "running_var":
        return np.float32(1) + np.float32(0.5) * u
    if last == "weight" and len(shape) > 1:
        return np.float32(math.sqrt(6 / math.prod(shape[1:]))) * u
    if last == "weight":
        return np.float32(0.75) + np.float32(0.25) * u
    return np.float32(0.125) * u  # biases and running means


# Networks ---------------------------------------------------------------------------------------------------------


class CIFARBlock(nn.Module):
    """He et al. 2015, section 4.2, with option A: what is missing in the shortcut is zero."""

    def __init__(self, inputs, width, stride):
        super().__init__()
        self.stride, self.missing = stride, width - inputs
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        half = self.missing // 2
        return F.relu(y + F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, half, half)))


class CIFARResNet(nn.Module):
    def __init__(self, blocks, num_classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        inputs = 16
        for stage, width in enumerate([16, 32, 64]):
            layer = []
            for block in range(blocks):
                layer.append(CIFARBlock(inputs, width, 2 if stage > 0 and block == 0 else 1))
                inputs = width
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layer))
        self.linear = nn.Linear(64, num_classes)

    def forward(self, x):
        y = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(y.mean(dim=(2, 3)))


class LeNet5(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.c1, self.c3, self.c5 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), nn.Conv2d(16, 120, 5)
        self.f6, self.output = nn.Linear(120, 84), nn.Linear(84, num_classes)

    def forward(self, x):
        y = F.avg_pool2d(torch.tanh(self.c1(x)), 2)
        y = F.avg_pool2d(torch.tanh(self.c3(y)), 2)
        return self.output(torch.tanh(self.f6(torch.tanh(self.c5(y)).flatten(1))))


def torchvision_network(name):
    extra = {"aux_logits": True, "init_weights": False} if name == "googlenet" else {}
    return lambda classes: getattr(torchvision.models, name)(weights=None, num_classes=classes, **extra)


# Name: how it is made, its classes, its usual input.
networks = {"lenet-5": (LeNet5, 10, (1, 32, 32)), "alexnet": (torchvision_network("alexnet"), 1000, (3, 224, 224))}
for depth in [11, 13, 16, 19]:
    networks[f"vgg-{depth}"] = (torchvision_network(f"vgg{depth}"), 1000, (3, 224, 224))
    networks[f"vgg-{depth}-bn"] = (torchvision_network(f"vgg{depth}_bn"), 1000, (3, 224, 224))
networks["googlenet"] = (torchvision_network("googlenet"), 1000, (3, 224, 224))
for depth in [18, 34, 50, 101, 152]:
    networks[f"resnet-{depth}"] = (torchvision_network(f"resnet{depth}"), 1000, (3, 224, 224))
for depth in [20, 32, 44, 56, 110]:
    make = lambda classes, blocks=(depth - 2) // 6: CIFARResNet(blocks, classes)
    networks[f"cifar-resnet-{depth}"] = (make, 10, (3, 32, 32))


def filled(name, classes):
    """A network with the weights of the formula."""
    with torch.device("meta"):
        network = networks[name][0](classes)
    state = {
        name: torch.from_numpy(formula(name, tuple(tensor.shape))).to(tensor.dtype)
        for name, tensor in network.state_dict().items()
    }
    # Learning changes the statistics where they lie.
    state = {name: tensor.clone() if tensor.ndim < 2 else tensor for name, tensor in state.items()}
    network.load_state_dict(state, assign=True)
    return network


def signature(network):
    """A hash of all names and shapes."""
    lines = sorted(f"{name} {','.join(map(str, tensor.shape))}\n" for name, tensor in network.state_dict().items())
    return f"{fnv1a(''.join(lines)):016x}"


def input_of(shape):
    return torch.from_numpy(uniform("input", math.prod(shape)).reshape(shape))


# Files ------------------------------------------------------------------------------------------------------------


def save(tensors, path, metadata=None):
    """safetensors, float32."""
    header, data, offset = {"__metadata__": metadata or {}}, [], 0
    for name, tensor in tensors.items():
        raw = tensor.detach().to(torch.float32).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(raw)]}
        data.append(raw)
        offset += len(raw)
    text = json.dumps(header, sort_keys=True).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.writelines(data)


def training_case(name, batch, shape, classes):
    """One batch of learning: losses, the norm of every gradient, running statistics afterwards."""
    network = filled(name, classes).train()
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    labels = torch.arange(batch) % classes
    result = network(input_of((batch, *shape)))
    main, auxiliary = result, []
    if name == "googlenet":
        main, auxiliary = result.logits, [result.aux_logits1, result.aux_logits2]
    loss = F.cross_entropy(main, labels) + 0.3 * sum(F.cross_entropy(each, labels) for each in auxiliary)
    loss.backward()
    parameters = sorted(network.named_parameters())
    tensors = {f"{name}/training": main, f"{name}/loss": loss}
    for index, each in enumerate(auxiliary):
        tensors[f"{name}/training/aux{index + 1}"] = each
    tensors[f"{name}/gradients"] = torch.stack([parameter.grad.norm() for _, parameter in parameters])
    buffers = sorted((n, t) for n, t in network.named_buffers() if not n.endswith("num_batches_tracked"))
    tensors[f"{name}/statistics"] = torch.stack([tensor.norm() for _, tensor in buffers])
    return tensors, {"batch": batch, "input": shape, "classes": classes}


def write_fixtures():
    tensors, cases, training = {}, {}, {}
    for name, (_, classes, shape) in networks.items():
        print(name, flush=True)
        network = filled(name, classes).eval()
        # Small, and no square: it shows which side is which.
        shape = shape if shape[1] == 32 else (3, 64, 80)
        with torch.no_grad():
            tensors[name] = network(input_of((1, *shape)))[0]
        cases[name] = {
            "classes": classes, "input": shape, "names": signature(network), "tensors": len(network.state_dict()),
            "parameters": sum(parameter.numel() for parameter in network.parameters()),
        }
    for arguments in [("resnet-18", 4, (3, 40, 40), 7), ("cifar-resnet-20", 4, (3, 16, 16), 7),
                      ("googlenet", 8, (3, 64, 64), 5)]:
        case, training[arguments[0]] = training_case(*arguments)
        tensors.update(case)
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__}
    save(
        tensors, pathlib.Path(__file__).with_name("zoo.safetensors"),
        {"networks": json.dumps(cases), "training": json.dumps(training), "made by": json.dumps(versions)})


def write_live(name, folder):
    torch.manual_seed(fnv1a(name) % 2**31)
    make, classes, shape = networks[name]
    network = make(classes)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            # As after some training; fresh ones would change nothing.
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1)
    network.eval()
    x = torch.randn(1, *shape)
    with torch.no_grad():
        y = network(x)
    folder = pathlib.Path(folder)
    save(network.state_dict(), folder / "weights.safetensors")
    save({"input": x, "output": y}, folder / "results.safetensors")


parser = argparse.ArgumentParser()
parser.add_argument("--live", nargs=2, metavar=("NAME", "FOLDER"))
arguments = parser.parse_args()
write_live(*arguments.live) if arguments.live else write_fixtures()
