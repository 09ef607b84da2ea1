"""Writes recurrent.safetensors: what PyTorch's recurrent layers give, and their gradients.

    python3 make_recurrent_fixtures.py        # torch, safetensors

Each case NAME has the tensors NAME/x, NAME/state/0 …, NAME/weight/…, NAME/outputs, NAME/last/0 …, and the gradients of the sum
of all results times NAME/scale/… with respect to inputs, first states and weights (NAME/gradient/…). Sequences lie time first.
"""
import json
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(16)
torch.set_num_threads(1)
tensors, cases = {}, []
classes = {"rnn": nn.RNN, "rnn-relu": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def add(kind, inputs, hidden, steps, count, layers=1, bidirectional=False, bias=True, lengths=None):
    name = f"{len(cases)}"
    options = {"nonlinearity": "relu"} if kind == "rnn-relu" else {}
    layer = classes[kind](inputs, hidden, layers, bias=bias, bidirectional=bidirectional, **options)
    x = torch.randn(steps, count, inputs, requires_grad=True)
    total = layers * (2 if bidirectional else 1)
    states = [torch.randn(total, count, hidden, requires_grad=True) for _ in range(2 if kind == "lstm" else 1)]
    given = tuple(states) if kind == "lstm" else states[0]
    if lengths is None:
        outputs, last = layer(x, given)
    else:
        packed, last = layer(pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False), given)
        outputs, _ = pad_packed_sequence(packed, total_length=steps)
        tensors[f"{name}/lengths"] = torch.tensor(lengths, dtype=torch.float32)
    last = last if isinstance(last, tuple) else (last,)
    results = [outputs, *last]
    scales = [torch.randn_like(r) for r in results]
    sum((r * s).sum() for r, s in zip(results, scales)).backward()
    tensors[f"{name}/x"], tensors[f"{name}/outputs"] = x, outputs
    tensors[f"{name}/gradient/x"] = x.grad
    for i, state in enumerate(states):
        tensors[f"{name}/state/{i}"], tensors[f"{name}/gradient/state/{i}"] = state, state.grad
        tensors[f"{name}/last/{i}"] = last[i]
    for i, scale in enumerate(scales):
        tensors[f"{name}/scale/{i}"] = scale
    for key, parameter in layer.named_parameters():
        tensors[f"{name}/weight/{key}"], tensors[f"{name}/gradient/weight/{key}"] = parameter, parameter.grad
    cases.append(dict(kind=kind, inputs=inputs, hidden=hidden, layers=layers, bidirectional=bidirectional, bias=bias))


def add_cell(kind, inputs, hidden, count):
    name = f"{len(cases)}"
    cell = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}[kind](inputs, hidden)
    x = torch.randn(count, inputs, requires_grad=True)
    states = [torch.randn(count, hidden, requires_grad=True) for _ in range(2 if kind == "lstm" else 1)]
    results = cell(x, tuple(states) if kind == "lstm" else states[0])
    results = results if isinstance(results, tuple) else (results,)
    scales = [torch.randn_like(r) for r in results]
    sum((r * s).sum() for r, s in zip(results, scales)).backward()
    tensors[f"{name}/x"], tensors[f"{name}/gradient/x"] = x, x.grad
    for i, state in enumerate(states):
        tensors[f"{name}/state/{i}"], tensors[f"{name}/gradient/state/{i}"] = state, state.grad
        tensors[f"{name}/last/{i}"], tensors[f"{name}/scale/{i}"] = results[i], scales[i]
    for key, parameter in cell.named_parameters():
        tensors[f"{name}/weight/{key}"], tensors[f"{name}/gradient/weight/{key}"] = parameter, parameter.grad
    cases.append(dict(kind=kind, inputs=inputs, hidden=hidden, layers=0, bidirectional=False, bias=True))


for kind in classes:
    add(kind, 3, 5, 4, 2)
    add(kind, 1, 1, 1, 1)
    add(kind, 7, 19, 6, 9, layers=2)
    add(kind, 4, 33, 5, 3, bias=False)
    add(kind, 5, 16, 7, 6, layers=2, bidirectional=True, lengths=[7, 1, 4, 6, 2, 7])
    add(kind, 6, 70 if kind in ("rnn", "gru") else 35, 9, 13, bidirectional=True, lengths=[3, 9, 2, 9, 1, 1, 8, 5, 5, 4, 9, 7, 6])
for kind in ["rnn", "lstm", "gru"]:
    add_cell(kind, 6, 20, 3)

here = pathlib.Path(__file__).parent
save_file(
    {k: v.detach().contiguous() for k, v in tensors.items()}, here / "recurrent.safetensors",
    metadata={"cases": json.dumps(cases), "torch": torch.__version__.split("+")[0]})
print(len(cases), "cases")
