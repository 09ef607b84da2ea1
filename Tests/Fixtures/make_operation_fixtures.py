"""Writes operations.safetensors: what PyTorch computes for every operation, forward and backward.

Run it with a Python that has torch and numpy:  python make_operation_fixtures.py
The numbers are random but seeded. Settings are lists of numbers, named as in Swift.
"""

import json
import os
import struct

import numpy
import torch
import torch.nn.functional as F

cases, tensors = [], {}


def put(name, tensor):
    tensors[name] = tensor.detach().to(torch.float32).contiguous().numpy()
    return name


def case(operation, inputs, function, constants=(), **settings):
    """Records function(inputs) and the gradients of a weighted sum of its first result.

    Inputs at the places in `constants` have no gradient (labels, indices, masks).
    """
    number = len(cases)
    leaves = [x.clone().requires_grad_(i not in constants) for i, x in enumerate(inputs)]
    results = function(*leaves)
    results = list(results) if isinstance(results, (tuple, list)) else [results]
    generator = torch.Generator().manual_seed(9000 + number)
    cotangent = torch.randn(results[0].shape, generator=generator)
    wanted = [i for i in range(len(leaves)) if i not in constants]
    gradients = {}
    if results[0].requires_grad:
        found = torch.autograd.grad(
            (results[0] * cotangent).sum(), [leaves[i] for i in wanted], allow_unused=True)
        gradients = {
            str(i): put(f"{number}.gradient.{i}", torch.zeros_like(leaves[i]) if g is None else g)
            for i, g in zip(wanted, found)
        }
    cases.append({
        "operation": operation,
        "settings": {k: [float(n) for n in (v if isinstance(v, (list, tuple)) else [v])] for k, v in settings.items()},
        "inputs": [put(f"{number}.input.{i}", x) for i, x in enumerate(inputs)],
        "results": [put(f"{number}.result.{i}", y) for i, y in enumerate(results)],
        "cotangent": put(f"{number}.cotangent", cotangent),
        "gradients": gradients,
    })


generator = torch.Generator().manual_seed(2026)


def normal(*shape):
    return torch.randn(shape, generator=generator)


def positive(*shape):
    return torch.rand(shape, generator=generator) + 0.5


def probability(*shape):
    return torch.rand(shape, generator=generator) * 0.98 + 0.01


def whole(limit, *shape):
    return torch.randint(0, limit, shape, generator=generator)


def pair(n):
    return list(n) if isinstance(n, (tuple, list)) else [n, n]


# Convolutions.
for shape, weight, stride, padding, dilation, groups in [
    ((1, 1, 4, 4), (1, 1, 3, 3), 1, 0, 1, 1),
    ((2, 3, 9, 8), (4, 3, 3, 2), 2, 1, 1, 1),
    ((2, 3, 7, 6), (5, 3, 2, 3), (2, 1), (1, 2), 1, 1),
    ((1, 2, 9, 8), (3, 2, 3, 3), 1, 0, (2, 3), 1),
    ((2, 4, 5, 5), (6, 2, 3, 3), 1, 1, 1, 2),
    ((1, 17, 4, 4), (17, 1, 3, 3), 1, 1, 1, 17),
    ((2, 16, 11, 13), (32, 16, 3, 3), 1, 1, 1, 1),
    ((1, 20, 1, 1), (7, 20, 1, 1), 1, 0, 1, 1),
    ((0, 3, 5, 5), (4, 3, 3, 3), 1, 1, 1, 1),
]:
    case("conv2D", [normal(*shape), normal(*weight), normal(weight[0])],
         lambda x, w, b: F.conv2d(x, w, b, pair(stride), pair(padding), pair(dilation), groups),
         stride=pair(stride), padding=pair(padding), dilation=pair(dilation), groups=groups)

for shape, weight, stride, padding, extra, dilation, groups in [
    ((1, 1, 2, 2), (1, 1, 3, 3), 1, 0, 0, 1, 1),
    ((2, 3, 3, 2), (3, 2, 3, 3), 2, 1, 1, 1, 1),
    ((1, 2, 3, 3), (2, 1, 2, 2), 2, 0, (1, 0), 1, 1),
    ((1, 2, 3, 4), (2, 2, 2, 3), 1, 0, 0, 2, 1),
    ((1, 4, 3, 3), (4, 3, 3, 3), 2, 1, 0, 1, 2),
    ((2, 16, 5, 7), (16, 18, 2, 2), 2, 0, 0, 1, 1),
    ((0, 4, 3, 3), (4, 3, 3, 3), 1, 0, 0, 1, 1),
]:
    case("convTranspose2D", [normal(*shape), normal(*weight), normal(weight[1] * groups)],
         lambda x, w, b: F.conv_transpose2d(x, w, b, pair(stride), pair(padding), pair(extra), groups, pair(dilation)),
         stride=pair(stride), padding=pair(padding), outputPadding=pair(extra), dilation=pair(dilation), groups=groups)

# Pooling.
for shape, kernel, stride, padding, dilation, up in [
    ((2, 3, 7, 6), 2, 2, 0, 1, 0),
    ((2, 3, 7, 6), 2, 2, 0, 1, 1),
    ((1, 5, 9, 11), 3, 2, 1, 1, 0),
    ((1, 5, 8, 11), 3, 2, 1, 1, 1),
    ((1, 2, 9, 8), (2, 3), (1, 2), (1, 1), 1, 0),
    ((1, 3, 11, 9), 3, 1, (1, 0), 2, 0),
    ((1, 3, 10, 9), 2, 3, 1, (3, 2), 1),
    ((2, 17, 1, 1), 1, 1, 0, 1, 0),
    ((0, 3, 4, 4), 2, 2, 0, 1, 0),
]:
    x = normal(*shape)
    arguments = dict(kernel=pair(kernel), stride=pair(stride), padding=pair(padding), dilation=pair(dilation), roundsUp=up)
    pool = lambda x, more: F.max_pool2d(
        x, pair(kernel), pair(stride), pair(padding), pair(dilation), bool(up), return_indices=more)
    case("maxPool2D", [x], lambda x: pool(x, False), **arguments)
    case("maxPool2DWithIndices", [x], lambda x: pool(x, True), **arguments)

for shape, kernel, stride, padding, counts, up in [
    ((2, 3, 7, 6), 2, 2, 0, 1, 0),
    ((2, 3, 7, 6), 2, 2, 0, 0, 1),
    ((2, 3, 7, 6), 2, 2, 0, 1, 1),
    ((1, 5, 9, 11), 3, 2, 1, 1, 0),
    ((1, 5, 8, 11), 3, 2, 1, 1, 1),
    ((1, 5, 8, 11), 3, 2, 1, 0, 1),
    ((1, 2, 9, 8), (2, 3), (1, 2), (1, 1), 0, 0),
    ((0, 3, 4, 4), 2, 2, 0, 1, 0),
]:
    case("averagePool2D", [normal(*shape)],
         lambda x: F.avg_pool2d(x, pair(kernel), pair(stride), pair(padding), bool(up), bool(counts)),
         kernel=pair(kernel), stride=pair(stride), padding=pair(padding), countsPadding=counts, roundsUp=up)

for shape in [(2, 3, 5, 7), (1, 16, 1, 1), (0, 2, 3, 3)]:
    case("globalAveragePool2D", [normal(*shape)], lambda x: F.adaptive_avg_pool2d(x, 1))
for shape, size in [((2, 3, 7, 10), (3, 4)), ((1, 17, 8, 6), (4, 2)), ((1, 2, 2, 3), (5, 7)), ((1, 3, 1, 1), (6, 6))]:
    case("adaptiveAveragePool2D", [normal(*shape)], lambda x: F.adaptive_avg_pool2d(x, size), size=size)

# Products.
for shape, outputs in [((5, 7), 3), ((2, 3, 4), 6), ((1, 1), 1), ((4, 257), 65), ((0, 4), 3), ((6,), 2)]:
    case("linear", [normal(*shape), normal(outputs, shape[-1]), normal(outputs)], F.linear)
for a, b in [((3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)), ((2, 3, 4), (4, 5)), ((2, 1, 3, 4), (5, 4, 2)),
             ((1, 1), (1, 1)), ((3, 4), (2, 4, 5)), ((2, 0, 4), (2, 4, 3)), ((3, 0), (0, 2))]:
    case("matmul", [normal(*a), normal(*b)], torch.matmul)

# Normalisation.
for shape in [(4, 3), (2, 5, 7), (3, 17, 4, 5), (2, 16, 3, 3)]:
    channels = shape[1]
    x, scale, shift = normal(*shape) * 2 + 1, normal(channels), normal(channels)
    mean, variance = normal(channels), positive(channels)

    def training(x, scale, shift):
        axes = [a for a in range(x.dim()) if a != 1]
        y = F.batch_norm(x, None, None, scale, shift, True, 0.1, 1e-5)
        return y, x.mean(axes), x.var(axes, unbiased=False)

    case("batchNormTraining", [x, scale, shift], training)
    case("batchNormInference", [x, scale, shift, mean, variance],
         lambda x, scale, shift, mean, variance: F.batch_norm(x, mean, variance, scale, shift, False, 0.1, 1e-3),
         constants=(3, 4))

for shape, axis in [((3, 5), 1), ((3, 5), 0), ((2, 21, 3, 4), 1), ((2, 3, 1), -1), ((0, 4), 1), ((2, 6, 3), 1), ((7,), 0)]:
    case("softmax", [normal(*shape) * 3], lambda x: F.softmax(x, axis), axis=axis)
    case("logSoftmax", [normal(*shape) * 3], lambda x: F.log_softmax(x, axis), axis=axis)
case("softmax", [torch.tensor([[1000.0, 999.0, -1000.0]])], lambda x: F.softmax(x, 1), axis=1)
case("logSoftmax", [torch.tensor([[1000.0, 999.0, -1000.0]])], lambda x: F.log_softmax(x, 1), axis=1)

# Cross entropy.
REDUCTIONS = ["mean", "sum", "none"]
for logits, ignored, smoothing, weighted in [
    ((5, 4), -1, 0, False), ((5, 4), 2, 0.1, True), ((2, 21, 3, 5), -1, 0, True), ((2, 3, 4, 17), 1, 0, False),
    ((3, 40), -1, 0.2, False), ((1, 1), -1, 0, False), ((2, 5, 9, 9), -100, 0.1, True),
]:
    for reduction in range(3):
        x = normal(*logits) * 4
        labels = whole(logits[1], logits[0], *logits[2:])
        if ignored == -100:
            labels.flatten()[::3] = -100
        weights = positive(logits[1]) if weighted else torch.ones(logits[1])
        case("crossEntropy", [x, labels.float(), weights],
             lambda x, t, w: F.cross_entropy(
                 x, labels, weights if weighted else None, ignore_index=ignored, label_smoothing=smoothing,
                 reduction=REDUCTIONS[reduction]),
             constants=(1, 2), ignored=ignored, smoothing=smoothing, reduction=reduction)
        if not smoothing and ignored == -1:
            factors = positive(*labels.shape)
            case("crossEntropyWeighted", [x, labels.float(), factors],
                 lambda x, t, w: {"mean": torch.mean, "sum": torch.sum, "none": lambda y: y}[REDUCTIONS[reduction]](
                     F.cross_entropy(x, labels, reduction="none") * factors),
                 constants=(1, 2), reduction=reduction)

# Elementwise.
for shape in [(3, 5), (2, 17, 2, 3), (0, 3), ()]:
    for name, function in [
        ("relu", F.relu), ("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("gelu", F.gelu), ("exp", torch.exp),
        ("abs", torch.abs), ("leakyReLU", lambda x: F.leaky_relu(x, 0.01)), ("clamp", lambda x: x.clamp(-0.5, 0.75)),
    ]:
        case(name, [normal(*shape)], function)
    case("log", [positive(*shape)], torch.log)
    case("sqrt", [positive(*shape)], torch.sqrt)
case("clamp", [torch.tensor([-0.5, 0.75, 0.0, -2.0, 2.0])], lambda x: x.clamp(-0.5, 0.75))
for a, b in [((2, 3), (2, 3)), ((2, 3, 4), (3, 1)), ((4, 1), (1, 5)), ((), (2, 2)), ((0, 2), (2,)), ((2, 17, 2, 2), (17, 1, 1))]:
    for name, function in [
        ("add", torch.add), ("subtract", torch.sub), ("multiply", torch.mul), ("minimum", torch.minimum),
        ("maximum", torch.maximum),
    ]:
        case(name, [normal(*a), normal(*b)], function)
    case("divide", [normal(*a), positive(*b)], torch.div)
ties = [torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 3.0, 2.0])]
case("minimum", ties, torch.minimum)
case("maximum", ties, torch.maximum)

# Reductions.
for shape, axes in [((3, 5), [0]), ((3, 5), [1]), ((2, 3, 4, 5), [0, 2, 3]), ((2, 3, 4), [1]), ((4, 1), [0, 1])]:
    for keeps in [False, True]:
        settings = dict(axes=axes, keepingAxes=keeps)
        case("sum", [normal(*shape)], lambda x: x.sum(axes, keepdim=keeps), **settings)
        case("mean", [normal(*shape)], lambda x: x.mean(axes, keepdim=keeps), **settings)
        case("max", [normal(*shape)], lambda x: x.amax(axes, keepdim=keeps), **settings)
        case("min", [normal(*shape)], lambda x: x.amin(axes, keepdim=keeps), **settings)
case("max", [torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])], lambda x: x.amax([1]), axes=[1], keepingAxes=False)
case("sum", [normal(0, 3)], lambda x: x.sum([0]), axes=[0], keepingAxes=False)
for shape, axis in [((4, 7), 1), ((4, 7), 0), ((2, 5, 3, 2), 1), ((3, 1), 1)]:
    case("argMax", [normal(*shape)], lambda x: x.argmax(axis), axis=axis)
case("argMax", [torch.tensor([[1.0, 3.0, 3.0]])], lambda x: torch.tensor([1]), axis=1)
for shape, count in [((3, 9), 4), ((2, 3, 5), 5), ((1, 300), 40), ((2, 1), 1), ((0, 5), 2)]:
    case("topK", [normal(*shape)], lambda x: tuple(torch.topk(x, count)), count=count)

# Shape work.
for shape, axes in [((3, 5), [1, 0]), ((2, 3, 4, 5), [0, 2, 3, 1]), ((2, 3, 4), [2, 1, 0]), ((2, 3, 4), [0, 1, 2]),
                    ((2, 3, 1, 4, 2), [4, 2, 0, 3, 1]), ((0, 2), [1, 0])]:
    case("transposed", [normal(*shape)], lambda x: x.permute(axes), axes=axes)
for shape, axis, begin, end, step in [((5, 4), 0, 1, 4, 1), ((2, 7, 3), 1, 1, 7, 2), ((3, 6), -1, 0, 6, 4), ((3, 4), 1, 2, 2, 1)]:
    index = lambda n: tuple([slice(None)] * (axis % len(shape)) + [slice(begin, end, step)])
    case("sliced", [normal(*shape)], lambda x: x[index(0)], axis=axis, range=[begin, end], step=step)
for shapes, axis in [([(2, 3), (2, 1), (2, 4)], 1), ([(1, 3, 2), (2, 3, 2)], 0), ([(2, 16, 3, 3), (2, 5, 3, 3)], 1),
                     ([(2, 0), (2, 3)], 1)]:
    case("concatenated", [normal(*s) for s in shapes], lambda *x: torch.cat(x, axis), axis=axis)
case("reshaped", [normal(2, 6)], lambda x: x.reshape(3, 4), shape=[3, 4])
case("broadcast", [normal(3, 1)], lambda x: x.broadcast_to(2, 3, 4), shape=[2, 3, 4])
for shape, axis, count in [((4, 5), 1, 3), ((4, 5), 0, 9), ((2, 6, 3), 1, 2), ((3, 4), 1, 0)]:
    indices = whole(shape[axis], *[count if a == axis else n for a, n in enumerate(shape)])
    case("gathered", [normal(*shape), indices.float()], lambda x, i: x.gather(axis, indices), constants=(1,), axis=axis)
    case("scatterAdded", [normal(*shape), indices.float(), normal(*indices.shape)],
         lambda x, i, s: x.scatter_add(axis, indices, s), constants=(1,), axis=axis)

# The way back through a pooling, and other norms.
for shape, kernel, stride, size in [((2, 3, 6, 8), 2, 2, (6, 8)), ((1, 5, 7, 7), 2, 2, (7, 7)), ((0, 2, 4, 4), 2, 2, (4, 4))]:
    pooled, indices = F.max_pool2d(normal(*shape), kernel, stride, return_indices=True)
    case("maxUnpool2D", [pooled, indices.float()],
         lambda x, i: F.max_unpool2d(x, indices, kernel, stride, output_size=size), constants=(1,), size=size)
# Places that several elements name: PyTorch on a CPU, on one thread, keeps the last.
torch.set_num_threads(1)
pooled, indices = F.max_pool2d(normal(1, 2, 5, 6), 3, 1, return_indices=True)
case("maxUnpool2D", [normal(*pooled.shape), indices.float()],
     lambda x, i: F.max_unpool2d(x, indices, 3, 1, output_size=(5, 6)), constants=(1,), size=(5, 6))
for shape, size, alpha, beta, k in [((2, 7, 3, 4), 5, 1e-4, 0.75, 2.0), ((1, 6, 3, 3), 4, 0.3, 0.75, 1.0),
                                    ((1, 3, 2, 2), 9, 0.5, 0.6, 1.5), ((2, 20, 1, 1), 2, 0.1, 1.0, 1.0),
                                    ((0, 3, 2, 2), 3, 0.1, 0.75, 1.0), ((2, 5, 7), 3, 0.2, 0.75, 1.0)]:
    case("localResponseNorm", [normal(*shape) * 2],
         lambda x: F.local_response_norm(x, size, alpha, beta, k), size=size, alpha=alpha, beta=beta, k=k)
for shape, axes in [((4, 10), 1), ((2, 3, 5, 7), 2), ((3, 70), 1), ((2, 3), 2), ((0, 4), 1), ((5, 1), 1)]:
    part = shape[len(shape) - axes:]
    case("layerNorm", [normal(*shape) * 3 + 1, normal(*part), normal(*part)],
         # In double precision: with one element in a row, float's rounding is all there is.
         lambda x, w, b: F.layer_norm(x.double(), part, w.double(), b.double()).float())

# More shape work.
for shape, edges, kind in [((2, 3, 4, 5), (1, 2, 0, 3), "constant"), ((1, 2, 4, 5), (2, 1, 3, 2), "reflect"),
                           ((1, 1, 3, 2), (1, 1, 2, 2), "reflect"), ((0, 1, 3, 3), (1, 1, 1, 1), "constant")]:
    case("padded", [normal(*shape)], lambda x: F.pad(x, edges, kind, **({"value": 0.5} if kind == "constant" else {})),
         edges=edges, reflects=kind == "reflect")
for shape, axes in [((3, 4), [0]), ((2, 3, 4), [0, 2]), ((1, 5), [0, 1]), ((0, 3), [1])]:
    case("flipped", [normal(*shape)], lambda x: x.flip(axes), axes=axes)
for shape, axis, count in [((5, 3), 0, 7), ((2, 6, 3), 1, 4), ((3, 4), -1, 1), ((3, 2), 0, 0)]:
    indices = whole(shape[axis], count)
    case("selected", [normal(*shape), indices.float()], lambda x, i: x.index_select(axis, indices), constants=(1,), axis=axis)
for padding in [-1, 2]:
    indices = whole(6, 3, 4)
    case("embedding", [indices.float(), normal(6, 5)],
         lambda i, w: F.embedding(indices, w, padding_idx=None if padding < 0 else padding), constants=(0,), padding=padding)
for shape, size in [((2, 3, 4, 5), (8, 10)), ((1, 2, 7, 5), (3, 4)), ((1, 17, 3, 4), (7, 5)), ((1, 2, 1, 1), (4, 3)),
                    ((1, 2, 5, 6), (1, 1)), ((0, 2, 3, 3), (6, 6)), ((1, 1, 13, 11), (29, 31))]:
    case("resizedNearest", [normal(*shape)], lambda x: F.interpolate(x, size, mode="nearest"), size=size)
    for corners in [False, True]:
        case("resizedBilinear", [normal(*shape)],
             lambda x: F.interpolate(x, size, mode="bilinear", align_corners=corners), size=size, alignsCorners=corners)

# Losses of elements.
for shape in [(4, 5), (2, 3, 2, 2), (1,)]:
    for reduction in range(3):
        name = REDUCTIONS[reduction]
        x, t, w = normal(*shape), normal(*shape), positive(*shape)
        reduced = {"mean": torch.mean, "sum": torch.sum, "none": lambda y: y}[name]
        case("meanSquaredError", [x, t], lambda x, t: F.mse_loss(x, t, reduction=name), reduction=reduction)
        case("l1Loss", [x, t], lambda x, t: F.l1_loss(x, t, reduction=name), reduction=reduction)
        for beta in [1, 0.25, 0]:
            case("smoothL1Loss", [x, t], lambda x, t: F.smooth_l1_loss(x, t, reduction=name, beta=beta),
                 reduction=reduction, beta=beta)
        case("binaryCrossEntropy", [probability(*shape), probability(*shape), w],
             lambda x, t, w: F.binary_cross_entropy(x, t, w, reduction=name), constants=(1, 2), reduction=reduction)
        case("binaryCrossEntropyWithLogits", [x * 6, probability(*shape), w, positive(shape[-1])],
             lambda x, t, w, p: F.binary_cross_entropy_with_logits(x, t, w, pos_weight=p, reduction=name),
             constants=(1, 2, 3), reduction=reduction, positive=True)
        case("binaryCrossEntropyWithLogits", [x * 30, whole(2, *shape).float(), w],
             lambda x, t, w: F.binary_cross_entropy_with_logits(x, t, w, reduction=name), constants=(1, 2),
             reduction=reduction, positive=False)
        signs = whole(2, *shape).float() * 2 - 1
        for power in [1, 2]:
            case("hingeLoss", [x, signs, w],
                 lambda x, t, w: reduced((1 - t * x).clamp(min=0) ** power * w), constants=(1, 2), reduction=reduction,
                 isSquared=power == 2)
case("binaryCrossEntropy", [torch.tensor([0.0, 1.0, 1.0, 0.0]), torch.tensor([0.0, 1.0, 0.0, 1.0]), torch.ones(4)],
     lambda x, t, w: F.binary_cross_entropy(x, t, w, reduction="sum"), constants=(0, 1, 2), reduction=1)

metadata = {"torch": torch.__version__, "cases": json.dumps(cases, separators=(",", ":"))}
header, offset = {"__metadata__": metadata}, 0
for name, array in tensors.items():
    header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
    offset += array.nbytes
encoded = json.dumps(header, separators=(",", ":")).encode()
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "operations.safetensors")
with open(path, "wb") as file:
    file.write(struct.pack("<Q", len(encoded)))
    file.write(encoded)
    for array in tensors.values():
        file.write(numpy.ascontiguousarray(array, dtype="<f4").tobytes())
print(f"{len(cases)} cases, {os.path.getsize(path)} bytes, torch {torch.__version__}")
