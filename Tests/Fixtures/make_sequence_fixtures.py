"""Writes sequences.safetensors: what PyTorch gives of the networks on sequences, written again with torch.nn.

    python3 make_sequence_fixtures.py        # torch, safetensors

Weights, NAME/weight/…, are random; NAME/input/… are what goes in, NAME/output/… what comes out, NAME/gradient/… that of the sum
of all outputs times NAME/scale/….
"""
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(61)
torch.set_num_threads(1)
tensors = {}


def keep(name, module, inputs, outputs):
    scales = [torch.randn_like(o) for o in outputs]
    sum((o * s).sum() for o, s in zip(outputs, scales)).backward()
    for i, value in enumerate(inputs):
        tensors[f"{name}/input/{i}"] = value.float()
    for i, (output, scale) in enumerate(zip(outputs, scales)):
        tensors[f"{name}/output/{i}"], tensors[f"{name}/scale/{i}"] = output, scale
    for key, parameter in module.named_parameters():
        tensors[f"{name}/weight/{key}"], tensors[f"{name}/gradient/{key}"] = parameter, parameter.grad


class LanguageModel(nn.Module):
    def __init__(self, tokens, embedding, hidden, layers):
        super().__init__()
        self.tokens = tokens
        self.encoder = nn.Embedding(tokens, embedding) if embedding else None
        self.rnn = nn.LSTM(embedding or tokens, hidden, layers)
        self.decoder = nn.Linear(hidden, tokens)

    def forward(self, x, state):
        vectors = self.encoder(x) if self.encoder else nn.functional.one_hot(x, self.tokens).float()
        out, (h, c) = self.rnn(vectors, state)
        return self.decoder(out), h, c


for name, embedding in [("language model", 6), ("language model, one-hot", 0)]:
    model = LanguageModel(11, embedding, 9, 2)
    x = torch.randint(0, 11, (5, 3))
    h, c = torch.randn(2, 3, 9), torch.randn(2, 3, 9)
    scores, h1, c1 = model(x, (h, c))
    keep(name, model, [x, h[0], c[0], h[1], c[1]], [scores, h1[0], c1[0], h1[1], c1[1]])


def run(rnn, x, lengths):
    packed, last = rnn(pack_padded_sequence(x, lengths, enforce_sorted=False))
    return pad_packed_sequence(packed, total_length=x.shape[0])[0], last


class Labeller(nn.Module):
    def __init__(self, pooling):
        super().__init__()
        self.pooling = pooling
        self.embedding = nn.Embedding(13, 5)
        self.rnn = nn.GRU(5, 6, bidirectional=True)
        self.scores = nn.Linear(12, 4)

    def forward(self, x, lengths):
        out, last = run(self.rnn, self.embedding(x), lengths)
        mask = torch.arange(x.shape[0])[:, None, None] >= lengths[None, :, None]
        if self.pooling == "max":
            out = out.masked_fill(mask, -1e9).amax(0)
        elif self.pooling == "mean":
            out = out.sum(0) / lengths[:, None]
        elif self.pooling == "last":
            out = torch.cat([last[0], last[1]], 1)
        return self.scores(out)


for pooling in ["max", "mean", "last", "each"]:
    model = Labeller(pooling)
    x, lengths = torch.randint(0, 13, (6, 4)), torch.tensor([6, 1, 3, 5])
    keep(f"labeller, {pooling}", model, [x, lengths], [model(x, lengths)])


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(12, 5)
        self.rnn = nn.LSTM(5, 4, bidirectional=True)

    def forward(self, x, lengths):
        out, (h, c) = run(self.rnn, self.embedding(x), lengths)
        return out, torch.cat([h[0], h[1]], 1), torch.cat([c[0], c[1]], 1)


class Decoder(nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.embedding = nn.Embedding(10, 5)
        self.rnn = nn.LSTM(5, 8)
        if attention:
            self.query = nn.Linear(8, 8, bias=False)
            self.combination = nn.Linear(16, 8)
        self.attention = attention
        self.scores = nn.Linear(8, 10)

    def forward(self, y, memory, lengths, h, c):
        out, (h, c) = self.rnn(self.embedding(y), (h[None], c[None]))
        results = [h[0], c[0]]
        if self.attention:
            score = torch.einsum("tnh,snh->nts", self.query(out), memory)
            beyond = torch.arange(memory.shape[0])[None, None, :] >= lengths[:, None, None]
            look = score.masked_fill(beyond, -1e9).softmax(2)
            seen = torch.einsum("nts,snh->tnh", look, memory)
            out = torch.tanh(self.combination(torch.cat([out, seen], 2)))
            results.append(look)
        return [self.scores(out)] + results


class Seq2Seq(nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder(attention)

    def forward(self, x, lengths, y):
        memory, h, c = self.encoder(x, lengths)
        return [memory, h, c] + self.decoder(y, memory, lengths, h, c)


for attention in [False, True]:
    model = Seq2Seq(attention)
    x, lengths, y = torch.randint(0, 12, (7, 3)), torch.tensor([7, 2, 4]), torch.randint(0, 10, (5, 3))
    keep(f"seq2seq{', attention' if attention else ''}", model, [x, lengths, y], model(x, lengths, y))

here = pathlib.Path(__file__).parent
save_file({k: v.detach().contiguous() for k, v in tensors.items()}, here / "sequences.safetensors",
          metadata={"torch": torch.__version__.split("+")[0]})
print(len(tensors), "tensors")
