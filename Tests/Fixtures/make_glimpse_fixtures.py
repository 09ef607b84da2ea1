"""What PyTorch makes of RAM, DRAM and DRAW: places, scores, canvases, losses and gradients, for given random numbers.

    python3 make_glimpse_fixtures.py      # writes glimpses.safetensors; torch 2.15.0

Written from the papers' equations, with nn.Linear, nn.Conv2d and the cells of PyTorch. Weights follow from their names by
the formula of make_zoo_fixtures.py, and so do images and random numbers; only results are kept.
"""

import importlib.util
import json
import math
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

here = pathlib.Path(__file__).resolve().parent
source = (here / "make_zoo_fixtures.py").read_text().split("# Networks ---")[0]
zoo = importlib.util.module_from_spec(importlib.util.spec_from_loader("zoo", None))
exec(source, zoo.__dict__)  # the formula alone, not the writing of its own file


def drawn(name, *shape):
    return torch.from_numpy(zoo.uniform(name, math.prod(shape)).reshape(shape).copy())


# Glimpses ---------------------------------------------------------------------------------------------------------


def glimpse(images, places, size, scales):
    """Patches around places, [N, scales * C, size, size]: cut from a padded image, then averaged."""
    count, _, height, width = images.shape
    largest = size << (scales - 1)
    padded = F.pad(images, (largest,) * 4)
    samples = []
    for image, place in zip(padded, places):
        patches = []
        for scale in range(scales):
            side = size << scale
            left = int(torch.floor((place[0] + 1) * 0.5 * width - side * 0.5 + 0.5)) + largest
            top = int(torch.floor((place[1] + 1) * 0.5 * height - side * 0.5 + 0.5)) + largest
            patch = image[:, top : top + side, left : left + side]
            patches.append(F.avg_pool2d(patch, 1 << scale))
        samples.append(torch.cat(patches))
    return torch.stack(samples)


cells = {"rnn-relu": lambda i, h: nn.RNNCell(i, h, nonlinearity="relu"), "rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}


class Glimpse(nn.Module):
    def __init__(self, numbers):
        super().__init__()
        self.what1, self.where1 = nn.Linear(numbers, 128), nn.Linear(2, 128)
        self.what2, self.where2 = nn.Linear(128, 256), nn.Linear(128, 256)

    def forward(self, patches, place):
        what, where = F.relu(self.what1(patches.flatten(1))), F.relu(self.where1(place))
        return F.relu(self.what2(what) + self.where2(where))


class RAM(nn.Module):
    """Mnih et al. 2014, section 3 and 4."""

    def __init__(self, glimpses, size, scales, hidden, core, deviation, start, classes, channels=1, **_):
        super().__init__()
        self.glimpses, self.size, self.scales, self.deviation, self.start = glimpses, size, scales, deviation, start
        self.answers = 1
        self.glimpse = Glimpse(scales * channels * size * size)
        self.core = cells[core](256, hidden)
        self.location, self.action, self.baseline = nn.Linear(hidden, 2), nn.Linear(hidden, classes), nn.Linear(hidden, 1)

    def forward(self, images, starts, noise, explores=True):
        state, steps, choice = None, [], None
        place = starts if self.start == "random" else torch.zeros_like(starts)
        for n in range(self.glimpses):
            if n > 0:
                mean = torch.tanh(self.location(h.detach()))
                point = (mean + self.deviation * noise[n] if explores else mean).detach()
                choice = (mean, point, self.baseline(h.detach()))
                place = point.clamp(-1, 1)
            patches = glimpse(images, place, self.size, self.scales)
            state = self.core(self.glimpse(patches, place), state)
            h = state[0] if isinstance(state, tuple) else state
            steps.append((place, patches, self.action(h), choice))
        return steps


class Context(nn.Module):
    def __init__(self, channels, side, outputs):
        super().__init__()
        self.side = side
        self.conv1, self.conv2 = nn.Conv2d(channels, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.conv3 = nn.Conv2d(16, 16, 3, padding=1)
        self.fc = nn.Linear(16 * (side // 4) ** 2, outputs)

    def forward(self, images):
        x = F.adaptive_avg_pool2d(images, self.side)
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return torch.tanh(self.fc(F.relu(self.conv3(x)).flatten(1)))


class GlimpseConvolutions(nn.Module):
    def __init__(self, channels, size, width, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.what, self.place = nn.Linear(2 * width * (size // 4) ** 2, outputs), nn.Linear(2, outputs)

    def forward(self, patches, place):
        x = F.max_pool2d(F.relu(self.conv1(patches)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return F.relu(self.what(x.flatten(1))) * F.relu(self.place(place))


class Classification(nn.Module):
    def __init__(self, hidden, classes):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(hidden, hidden), nn.Linear(hidden, classes)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


class DRAM(nn.Module):
    """Ba et al. 2015, section 3."""

    def __init__(self, glimpses, size, scales, hidden, width, context, deviation, classes, answers, channels=1, **_):
        super().__init__()
        self.glimpses, self.size, self.scales, self.deviation, self.answers = glimpses, size, scales, deviation, answers
        self.context = Context(channels, context, hidden)
        self.glimpse = GlimpseConvolutions(scales * channels, size, width, hidden)
        self.recurrent = nn.ModuleList([nn.LSTMCell(hidden, hidden), nn.LSTMCell(hidden, hidden)])
        self.emission = nn.Linear(hidden, 2)
        self.classification = Classification(hidden, classes)
        self.baseline = nn.Linear(hidden, 1)

    def forward(self, images, starts, noise, explores=True):
        h = self.context(images)
        upper, lower, steps = (h, torch.zeros_like(h)), None, []
        for n in range(self.glimpses * self.answers):
            mean = torch.tanh(self.emission(upper[0]))
            point = (mean + self.deviation * noise[n] if explores else mean).detach()
            choice = (mean, point, self.baseline(upper[0].detach()))
            place = point.clamp(-1, 1)
            patches = glimpse(images, place, self.size, self.scales)
            lower = self.recurrent[0](self.glimpse(patches, place), lower)
            upper = self.recurrent[1](lower[0], upper)
            steps.append((place, patches, self.classification(lower[0]), choice))
        return steps


def losses(network, steps, labels, weight):
    """Mnih et al. 2014, section 3: cross entropy, REINFORCE with a baseline, and the baseline's squared error."""
    answers = [step[2] for n, step in enumerate(steps) if (n + 1) % network.glimpses == 0]
    classes = sum(F.cross_entropy(scores, labels[:, n]) for n, scores in enumerate(answers)) / len(answers)
    right = torch.stack([(scores.argmax(1) == labels[:, n]).float() for n, scores in enumerate(answers)], 1)
    policy, baselines = 0, []
    for n, (_, _, _, choice) in enumerate(steps):
        if choice is None:
            continue
        mean, point, baseline = choice
        reward = right[:, n // network.glimpses :].sum(1)
        density = torch.distributions.Normal(mean, network.deviation)
        # Without the constant factor of the density.
        logs = density.log_prob(point).sum(1) + 2 * math.log(network.deviation * math.sqrt(2 * math.pi))
        policy = policy - (logs * (reward - baseline.detach().squeeze(1))).mean()
        baselines.append(F.mse_loss(baseline.squeeze(1), reward))
    baseline = sum(baselines) / len(baselines)
    return {"total": classes + weight * policy + baseline, "class": classes, "policy": policy, "baseline": baseline,
            "right": right}


# DRAW -------------------------------------------------------------------------------------------------------------


def filterbank(numbers, size, height, width):
    """Equations 19 to 26, by loops over nothing but the axes: F_X, F_Y, the intensity, and where the grid lies."""
    x, y, variance, distance, intensity = numbers.unbind(1)
    x, y = (width + 1) / 2 * (x + 1), (height + 1) / 2 * (y + 1)
    variance, intensity = variance.exp(), intensity.exp()
    distance = (max(height, width) - 1) / (size - 1) * distance.exp()
    i = torch.arange(1, size + 1)

    def filters(middle, length):
        means = middle[:, None] + (i - size / 2 - 0.5) * distance[:, None]
        a = torch.arange(1, length + 1)
        weights = torch.exp(-((a[None, None] - means[:, :, None]) ** 2) / (2 * variance[:, None, None]))
        return weights / weights.sum(2, keepdim=True)

    return filters(x, width), filters(y, height), intensity, torch.stack([x - 0.5, y - 0.5, distance, variance.sqrt()], 1)


class DRAW(nn.Module):
    """Gregor et al. 2015, equations 3 to 12."""

    def __init__(self, steps, hidden, latents, read, write, attention, channels, height, width):
        super().__init__()
        self.steps, self.shape = steps, (channels, height, width)
        self.read_side, self.write_side, self.attention = read, write, attention
        seen = lambda side: channels * side * side if attention else channels * height * width
        self.encoder = nn.LSTMCell(2 * seen(read) + hidden, hidden)
        self.decoder = nn.LSTMCell(latents, hidden)
        self.mean, self.log_deviation = nn.Linear(hidden, latents), nn.Linear(hidden, latents)
        if attention:
            self.read_window, self.write_window = nn.Linear(hidden, 5), nn.Linear(hidden, 5)
        self.write = nn.Linear(hidden, seen(write))
        self.initial_canvas = nn.Parameter(torch.zeros(channels, height, width))
        self.initial_encoder, self.initial_decoder = nn.Parameter(torch.zeros(hidden)), nn.Parameter(torch.zeros(hidden))

    def read(self, images, errors, state):
        if not self.attention:
            return torch.cat([images.flatten(1), errors.flatten(1)], 1)
        columns, rows, intensity, _ = filterbank(self.read_window(state), self.read_side, *self.shape[1:])
        window = lambda x: torch.einsum("nih,nchw,njw->ncij", rows, x, columns) * intensity[:, None, None, None]
        return torch.cat([window(images).flatten(1), window(errors).flatten(1)], 1)

    def written(self, state):
        count = len(state)
        if not self.attention:
            return self.write(state).reshape(count, *self.shape), None
        columns, rows, intensity, place = filterbank(self.write_window(state), self.write_side, *self.shape[1:])
        patch = self.write(state).reshape(count, self.shape[0], self.write_side, self.write_side)
        return torch.einsum("nih,ncij,njw->nchw", rows, patch, columns) / intensity[:, None, None, None], place

    def begun(self, count):
        return (self.initial_canvas.expand(count, -1, -1, -1),
                *((h.expand(count, -1), torch.zeros(count, len(h))) for h in (self.initial_encoder, self.initial_decoder)))

    def forward(self, images, noise):
        canvas, encoder, decoder = self.begun(len(images))
        divergence = 0
        for n in range(self.steps):
            errors = images - torch.sigmoid(canvas)
            seen = self.read(images, errors, decoder[0])
            encoder = self.encoder(torch.cat([seen, decoder[0]], 1), encoder)
            mean, deviation = self.mean(encoder[0]), self.log_deviation(encoder[0]).exp()
            divergence = divergence + torch.distributions.kl_divergence(
                torch.distributions.Normal(mean, deviation), torch.distributions.Normal(0, 1)).sum(1)
            decoder = self.decoder(mean + deviation * noise[n], decoder)
            canvas = canvas + self.written(decoder[0])[0]
        return canvas, divergence

    def draw(self, latents):
        canvas, _, decoder = self.begun(len(latents[0]))
        places = []
        for z in latents:
            decoder = self.decoder(z, decoder)
            added, place = self.written(decoder[0])
            canvas = canvas + added
            places.append(place)
        return canvas, places


# Fixtures ---------------------------------------------------------------------------------------------------------

tensors = {}


def fill(network):
    state = {name: torch.from_numpy(zoo.formula(name, tuple(tensor.shape)).copy())
             for name, tensor in network.state_dict().items()}
    network.load_state_dict(state)
    return network


def signature(network):
    lines = sorted(f"{name} {','.join(map(str, tensor.shape))}\n" for name, tensor in network.state_dict().items())
    return f"{zoo.fnv1a(''.join(lines)):016x}"


def yaml(name, settings):
    text = lambda value: {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return f"{{{name}: {{{', '.join(f'{key}: {text(value)}' for key, value in settings.items())}}}}}"


def keep_gradients(network, place):
    parameters = sorted(network.named_parameters())
    tensors[f"{place}/gradients"] = torch.stack([p.grad.norm() for _, p in parameters])
    # Norms know nothing of places: of each gradient an element, too.
    tensors[f"{place}/elements"] = torch.stack([p.grad.flatten()[p.numel() // 3] for _, p in parameters])


looking = [
    ("ram", dict(glimpses=4, size=4, scales=1, hidden=16, core="rnn-relu", deviation=0.2, start="random"), 1, 1, (13, 11)),
    ("ram", dict(glimpses=3, size=3, scales=3, hidden=12, core="lstm", deviation=0.5, start="center"), 1, 3, (17, 20)),
    ("ram", dict(glimpses=2, size=5, scales=2, hidden=8, core="gru", deviation=0.1, start="random"), 1, 1, (12, 12)),
    ("dram", dict(glimpses=2, size=8, scales=2, hidden=16, width=4, context=12, deviation=0.3), 2, 1, (24, 30)),
    ("dram", dict(glimpses=1, size=4, scales=1, hidden=8, width=2, context=8, deviation=0.1), 3, 3, (16, 16)),
]
drawing = [
    (dict(steps=3, hidden=12, latents=4, read=2, write=3, attention=True), 1, (9, 7)),
    (dict(steps=4, hidden=8, latents=3, read=3, write=2, attention=True), 3, (6, 8)),
    (dict(steps=3, hidden=10, latents=4, attention=False), 1, (6, 5)),
]
classes, batch, weight = 5, 6, 0.25

listed = []
for number, (name, settings, answers, channels, (height, width)) in enumerate(looking):
    make = {"ram": RAM, "dram": DRAM}[name]
    network = fill(make(**settings, classes=classes, answers=answers, channels=channels))
    place = f"look{number}"
    images = drawn(f"{place} images", batch, channels, height, width)
    starts = drawn(f"{place} starts", batch, 2)
    noise = [2 * drawn(f"{place} noise {n}", batch, 2) for n in range(settings["glimpses"] * answers)]
    labels = (torch.arange(batch * answers).reshape(batch, answers) * 7 // 3) % classes
    steps = network(images, starts, noise)
    # Some answers right, so that there are rewards to differ by.
    labels[: batch // 2] = torch.stack(
        [s[2].argmax(1) for n, s in enumerate(steps) if (n + 1) % network.glimpses == 0], 1)[: batch // 2]
    found = losses(network, steps, labels, weight)
    found["total"].backward()
    tensors[f"{place}/labels"] = labels.float()
    tensors[f"{place}/places"] = torch.stack([step[0] for step in steps])
    tensors[f"{place}/patches"] = steps[-1][1]
    tensors[f"{place}/scores"] = torch.stack([step[2] for step in steps])
    tensors[f"{place}/certain"] = torch.stack([step[0] for step in network(images, starts, noise, explores=False)])
    tensors[f"{place}/losses"] = torch.stack([found[key] for key in ["total", "class", "policy", "baseline"]])
    tensors[f"{place}/right"] = found["right"]
    keep_gradients(network, place)
    listed.append({"network": yaml(name, settings), "answers": answers, "channels": channels, "height": height,
                   "width": width, "classes": classes, "batch": batch, "weight": weight, "names": signature(network),
                   "place": place})
    print(listed[-1]["network"], {key: found[key].item() for key in ["total", "class", "policy", "baseline"]})

drawings = []
for number, (settings, channels, (height, width)) in enumerate(drawing):
    sides = {"read": 2, "write": 2} | settings
    network = fill(DRAW(**sides, channels=channels, height=height, width=width))
    place = f"draw{number}"
    images = (drawn(f"{place} images", batch, channels, height, width) > 0).float()
    noise = [2 * drawn(f"{place} noise {n}", batch, settings["latents"]) for n in range(settings["steps"])]
    canvas, divergence = network(images, noise)
    reconstruction = F.binary_cross_entropy_with_logits(canvas, images, reduction="sum") / batch
    latent = divergence.mean()
    (reconstruction + latent).backward()
    tensors[f"{place}/canvas"], tensors[f"{place}/divergence"] = canvas, divergence
    tensors[f"{place}/losses"] = torch.stack([reconstruction + latent, reconstruction, latent])
    keep_gradients(network, place)
    drawn_canvas, windows = network.draw(noise)
    tensors[f"{place}/drawn"] = drawn_canvas
    if windows[0] is not None:
        tensors[f"{place}/windows"] = torch.stack(windows)
    drawings.append({"network": yaml("draw", settings), "channels": channels, "height": height, "width": width,
                     "steps": settings["steps"], "latents": settings["latents"], "batch": batch,
                     "names": signature(network), "place": place})
    print(drawings[-1]["network"], reconstruction.item(), latent.item())

# One window by itself, on an image wider than high.
numbers = 0.5 * drawn("window numbers", 3, 5)
images, patches = drawn("window images", 3, 2, 7, 10), drawn("window patches", 3, 2, 4, 4)
columns, rows, intensity, place = filterbank(numbers, 4, 7, 10)
tensors["window/columns"], tensors["window/rows"], tensors["window/place"] = columns, rows, place
tensors["window/read"] = torch.einsum("nih,nchw,njw->ncij", rows, images, columns) * intensity[:, None, None, None]
tensors["window/written"] = torch.einsum("nih,ncij,njw->nchw", rows, patches, columns) / intensity[:, None, None, None]

save_file({name: tensor.detach().float().contiguous() for name, tensor in tensors.items()}, here / "glimpses.safetensors",
          {"looking": json.dumps(listed), "drawing": json.dumps(drawings), "made by": json.dumps({"torch": torch.__version__})})
