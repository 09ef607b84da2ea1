"""Makes Tests/Fixtures/words.json: recurrent networks that read a word, forwards, through time backwards, and trained, by PyTorch.

Run from the repository root, with PyTorch installed:  python3 Tests/Fixtures/make_word_fixtures.py
The committed file was made with PyTorch 2.15, in double precision.

Each case has the weights it begins with; for each step what it computes, and the gradients of the sum of the losses: of the
logits, of the state in the part of the step's own loss and altogether, of an LSTM's cell, and of copies of the matrices that
this step alone reads. Then the losses and what is written before and after gradient descent with clipped gradients.
"""

import json
import pathlib

import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F

torch.manual_seed(161)
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
CELLS = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}
LAYERS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
RATE, LONGEST, STEPS = 0.5, 1.0, 100


def listed(tensor):
    return [[round(v, 8) for v in row] if isinstance(row, list) else round(row, 8) for row in tensor.tolist()]


def case(word, kind, hidden):
    vocabulary = list(dict.fromkeys(word))
    count, places = len(vocabulary), [vocabulary.index(c) for c in word]
    one_hot, targets = torch.eye(count)[places[:-1]], torch.tensor(places[1:])
    layer = LAYERS[kind](count, hidden, bias=False)
    output = nn.Linear(hidden, count, bias=False)
    matrices = [*layer.parameters(), output.weight]
    with torch.no_grad():
        for matrix in matrices:
            # As single precision has them.
            matrix.copy_((torch.rand_like(matrix) * 2 - 1).float().double())
    start = [listed(m.detach()) for m in matrices]

    cell = CELLS[kind](count, hidden, bias=False)
    copies = [[m.detach().clone().requires_grad_() for m in matrices] for _ in one_hot]
    zeros = torch.zeros(1, hidden)
    state = (zeros, zeros) if kind == "lstm" else zeros
    steps, states, logits, losses = [], [], [], []
    for x, target, (ih, hh, hy) in zip(one_hot, targets, copies):
        state = functional_call(cell, {"weight_ih": ih, "weight_hh": hh}, (x[None], state))
        states.append(state if kind == "lstm" else (state,))
        logits.append(states[-1][0] @ hy.T)
        losses.append(F.cross_entropy(logits[-1], target[None], reduction="sum"))
    total = sum(losses)

    def gradient(of, tensor):
        found, = torch.autograd.grad(of, tensor, retain_graph=True, allow_unused=True)
        return listed(torch.zeros_like(tensor) if found is None else found)

    for t, own in enumerate(losses):
        steps.append(dict(
            states=[listed(s.detach()[0]) for s in states[t]], logits=listed(logits[t].detach()[0]),
            probabilities=listed(logits[t].detach().softmax(1)[0]), loss=own.item(),
            gradients=dict(
                logits=gradient(total, logits[t])[0], states=[gradient(total, s)[0] for s in states[t]],
                hiddenFromOutput=gradient(own, states[t][0])[0], weights=[gradient(total, m) for m in copies[t]])))

    def loss():
        return F.cross_entropy(output(layer(one_hot[:, None])[0])[:, 0], targets, reduction="sum")

    def written():
        state, place, answer = None, places[0], word[0]
        for _ in word[1:]:
            y, state = layer(torch.eye(count)[place].view(1, 1, -1), state)
            place = output(y)[0, 0].argmax().item()
            answer += vocabulary[place]
        return answer

    result = dict(
        word=word, kind=kind, hidden=hidden, vocabulary=vocabulary, weights=start, steps=steps,
        weightGradients=[listed(g) for g in torch.autograd.grad(loss(), matrices)], written=[written()], losses=[])
    for _ in range(STEPS):
        value = loss()
        result["losses"].append(value.item())
        gradients = torch.autograd.grad(value, matrices)
        norm = torch.cat([g.flatten() for g in gradients]).norm()
        with torch.no_grad():
            for matrix, g in zip(matrices, gradients):
                matrix -= RATE * min(1, LONGEST / norm) * g
    result["losses"].append(loss().item())
    result["written"].append(written())
    return result


cases = [case(word, kind, hidden) for word, hidden in [("hello", 3), ("anna", 1), ("papaya", 4)] for kind in CELLS]
path = pathlib.Path(__file__).with_name("words.json")
path.write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")) + "\n")
for c in cases:
    print(c["word"], c["kind"], c["losses"][0], c["losses"][-1], c["written"])
