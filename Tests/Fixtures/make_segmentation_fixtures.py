"""What PyTorch and torchvision make of the networks for segmentation.

    python3 make_segmentation_fixtures.py      # writes segmentation.safetensors; torch 2.15.0, torchvision 0.29.2

Networks are small, but for torchvision's; weights follow from their names by the formula of make_zoo_fixtures.py, and of
each result some numbers are kept, spread evenly, with the mean of each class.
"""

import importlib.util
import json
import pathlib
import sys

import torch
import torchvision
from torch import nn
from torch.nn import functional as F

sys.argv = [sys.argv[0]]
here = pathlib.Path(__file__).resolve().parent
source = (here / "make_zoo_fixtures.py").read_text().split("# Networks ---")[0]
zoo = importlib.util.module_from_spec(importlib.util.spec_from_loader("zoo", None))
exec(source, zoo.__dict__)  # the formula alone, not the writing of its own file

# Networks ---------------------------------------------------------------------------------------------------------


def vgg16(width):
    """Convolutions and channels of each stage."""
    return list(zip([2, 2, 3, 3, 3], [width, 2 * width, 4 * width, 8 * width, 8 * width]))


def add_vgg16(network, width, border=1, norm=False):
    """conv1_1 to conv5_3 as parts of a network."""
    inputs = 3
    for stage, (count, outputs) in enumerate(vgg16(width), 1):
        for number in range(1, count + 1):
            name = f"conv{stage}_{number}"
            padding = border if name == "conv1_1" else 1
            network.add_module(name, nn.Conv2d(inputs, outputs, 3, padding=padding))
            if norm:
                network.add_module(f"{name}_bn", nn.BatchNorm2d(outputs))
            inputs = outputs


def applied(network, name, x, activation=F.relu):
    """A convolution, its batch norm where it has one, and ReLU."""
    parts = dict(network.named_children())
    x = parts[name](x)
    if f"{name}_bn" in parts:
        x = parts[f"{name}_bn"](x)
    return activation(x) if activation else x


def stage(network, number, x):
    for index in range(1, [2, 2, 3, 3, 3][number - 1] + 1):
        x = applied(network, f"conv{number}_{index}", x)
    return x


margins = []


def pooled(x):
    """Maxima and their places. How near the second largest of a window comes decides whether rounding matters."""
    y, places = F.max_pool2d(x, 2, ceil_mode=True, return_indices=True)
    height, width = y.shape[2:]
    fits = F.pad(x, (0, 2 * width - x.shape[3], 0, 2 * height - x.shape[2]), value=-torch.inf)
    windows = F.unfold(fits.flatten(0, 1).unsqueeze(1), 2, stride=2).transpose(1, 2)
    best, second = windows.topk(2).values.unbind(-1)
    close = (best - second)[(best > 1e-4) & (best > second)]
    margins.append(close.min().item() if len(close) else torch.inf)
    return y, (places, x.shape[2:])


def unpooled(x, pooling):
    places, size = pooling
    return F.max_unpool2d(x, places, 2, output_size=size)


class FCN(nn.Module):
    """Long et al. 2015 on VGG-16, by the names of wkentaro/pytorch-fcn."""

    def __init__(self, stride, classes, width=64, scaled=False, **_):
        super().__init__()
        self.stride, self.scaled = stride, scaled
        add_vgg16(self, width, border=100)
        self.fc6, self.fc7 = nn.Conv2d(8 * width, 64 * width, 7), nn.Conv2d(64 * width, 64 * width, 1)
        self.score_fr = nn.Conv2d(64 * width, classes, 1)
        up = lambda factor: nn.ConvTranspose2d(classes, classes, 2 * factor, factor, bias=False)
        if stride <= 16:
            self.score_pool4, self.upscore2 = nn.Conv2d(8 * width, classes, 1), up(2)
        if stride <= 8:
            self.score_pool3, self.upscore_pool4 = nn.Conv2d(4 * width, classes, 1), up(2)
        self.last = {32: "upscore", 16: "upscore16", 8: "upscore8"}[stride]
        self.add_module(self.last, up(stride))

    def forward(self, x):
        size, maps = x.shape[2:], []
        part = lambda y, at, like: y[:, :, at : at + like[0], at : at + like[1]]
        for number in range(1, 6):
            x = F.max_pool2d(stage(self, number, x), 2, ceil_mode=True)
            maps.append(x)
        y = self.score_fr(F.relu(self.fc7(F.relu(self.fc6(x)))))
        if self.stride <= 16:
            y = self.upscore2(y)
            y = y + part(self.score_pool4(maps[3] * (0.01 if self.scaled else 1)), 5, y.shape[2:])
        if self.stride <= 8:
            y = self.upscore_pool4(y)
            y = y + part(self.score_pool3(maps[2] * (0.0001 if self.scaled else 1)), 9, y.shape[2:])
        return part(getattr(self, self.last)(y), {32: 19, 16: 27, 8: 31}[self.stride], size)


class SegNet(nn.Module):
    """Badrinarayanan et al. 2017; the authors' names."""

    def __init__(self, classes, width=64):
        super().__init__()
        add_vgg16(self, width, norm=True)
        self.order, levels = [], vgg16(width)
        for number in range(5, 0, -1):
            count, channels = levels[number - 1]
            names = [f"conv{number}_{index}_D" for index in range(count, 0, -1)]
            for name in names:
                last = name == names[-1]
                outputs = classes if name == "conv1_1_D" else levels[number - 2][1] if last and number > 1 else channels
                self.add_module(name, nn.Conv2d(channels, outputs, 3, padding=1))
                if name != "conv1_1_D":
                    self.add_module(f"{name}_bn", nn.BatchNorm2d(outputs))
            self.order.append(names)

    def forward(self, x):
        poolings = []
        for number in range(1, 6):
            x, pooling = pooled(stage(self, number, x))
            poolings.append(pooling)
        for names in self.order:
            x = unpooled(x, poolings.pop())
            for name in names:
                x = applied(self, name, x, None if name == "conv1_1_D" else F.relu)
        return x


class SegNetBasic(nn.Module):
    def __init__(self, classes, width=64):
        super().__init__()
        for number in range(1, 5):
            self.add_module(f"conv{number}", nn.Conv2d(3 if number == 1 else width, width, 7, padding=3))
            self.add_module(f"conv{number}_bn", nn.BatchNorm2d(width))
            self.add_module(f"conv_decode{number}", nn.Conv2d(width, width, 7, padding=3))
            self.add_module(f"conv_decode{number}_bn", nn.BatchNorm2d(width))
        self.conv_classifier = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        x, poolings = F.local_response_norm(x, 5, alpha=1e-4, beta=0.75, k=1), []
        for number in range(1, 5):
            x, pooling = pooled(applied(self, f"conv{number}", x))
            poolings.append(pooling)
        for number in range(4, 0, -1):
            x = applied(self, f"conv_decode{number}", unpooled(x, poolings.pop()), None)
        return self.conv_classifier(x)


class DeconvNet(nn.Module):
    """Noh et al. 2015."""

    def __init__(self, classes, width=64):
        super().__init__()
        add_vgg16(self, width, norm=True)
        def add(name, layer):
            self.add_module(name, layer)
            self.add_module(f"{name}_bn", nn.BatchNorm2d(layer.out_channels))
        add("fc6", nn.Conv2d(8 * width, 64 * width, 7))
        add("fc7", nn.Conv2d(64 * width, 64 * width, 1))
        add("fc6_deconv", nn.ConvTranspose2d(64 * width, 8 * width, 7))
        levels = vgg16(width)
        for number in range(5, 0, -1):
            count, channels = levels[number - 1]
            for index in range(1, count + 1):
                outputs = levels[number - 2][1] if index == count and number > 1 else channels
                add(f"deconv{number}_{index}", nn.ConvTranspose2d(channels, outputs, 3, padding=1))
        self.seg_score = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        poolings = []
        for number in range(1, 6):
            x, pooling = pooled(stage(self, number, x))
            poolings.append(pooling)
        for name in ["fc6", "fc7", "fc6_deconv"]:
            x = applied(self, name, x)
        for number in range(5, 0, -1):
            x = unpooled(x, poolings.pop())
            for index in range(1, [2, 2, 3, 3, 3][number - 1] + 1):
                x = applied(self, f"deconv{number}_{index}", x)
        return self.seg_score(x)


class FCNResNet(nn.Module):
    def __init__(self, depth, classes, auxiliary=True):
        super().__init__()
        make = getattr(torchvision.models.segmentation, f"fcn_resnet{depth}")
        self.network = make(weights=None, weights_backbone=None, num_classes=classes, aux_loss=auxiliary)

    def forward(self, x):
        results = self.network(x)
        return (results["out"], results["aux"]) if self.training and "aux" in results else results["out"]


# One encoder of the zoo and a decoder in three styles ---------------------------------------------------------------


class Normalized(nn.Module):
    def __init__(self, inputs, outputs, kernel=3):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


def doubling(inputs, outputs, kernel):
    return nn.ConvTranspose2d(inputs, outputs, kernel, 2, kernel // 2, bias=False)


def spread(x, places, size):
    """Back to where the maxima were; where nobody knows, to the upper left of four places."""
    if places is None:
        rows, columns = torch.arange(x.shape[2]), torch.arange(x.shape[3])
        places = (2 * rows[:, None] * size[1] + 2 * columns).expand(x.shape)
    return F.max_unpool2d(x, places, 2, output_size=size)


def resized(x, size):
    return x if x.shape[2:] == size else F.interpolate(x, size, mode="bilinear")


class VGGBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.reduce = Normalized(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        self.conv1, self.conv2, self.conv3 = (Normalized(outputs, outputs) for _ in range(3))

    def forward(self, x, size, places):
        return self.conv3(self.conv2(self.conv1(spread(self.reduce(x), places, size))))


class GoogLeNetBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        quarter = max(1, outputs // 4)
        self.conv1x1 = Normalized(inputs, max(1, outputs - 3 * quarter), 1)
        self.reduce3x3, self.conv3x3 = Normalized(inputs, quarter, 1), Normalized(quarter, quarter)
        self.reduce_up, self.up = Normalized(inputs, quarter, 1), doubling(quarter, quarter, 3)
        self.up_norm = nn.BatchNorm2d(quarter)
        self.unpool = Normalized(inputs, quarter, 1)

    def forward(self, x, size, places):
        sparse = self.unpool(x)
        places = None if places is None else places[:, : sparse.shape[1]].contiguous()
        return torch.cat([
            resized(self.conv1x1(x), size), resized(self.conv3x3(self.reduce3x3(x)), size),
            F.relu(self.up_norm(self.up(self.reduce_up(x), output_size=size))), spread(sparse, places, size)], 1)


class ResNetBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.up, self.up_norm = doubling(inputs, outputs, 3), nn.BatchNorm2d(outputs)
        self.conv = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.conv_norm = nn.BatchNorm2d(outputs)
        self.shortcut, self.shortcut_norm = doubling(inputs, outputs, 1), nn.BatchNorm2d(outputs)

    def forward(self, x, size, _):
        y = self.conv_norm(self.conv(F.relu(self.up_norm(self.up(x, output_size=size)))))
        return F.relu(y + self.shortcut_norm(self.shortcut(x, output_size=size)))


class Level(nn.Module):
    def __init__(self, style, inputs, beside, outputs, fuses):
        super().__init__()
        self.lateral = Normalized(beside, outputs, 1) if beside not in (None, outputs) else nn.Identity()
        self.block = {"vgg": VGGBlock, "googlenet": GoogLeNetBlock, "resnet": ResNetBlock}[style](inputs, outputs)
        if fuses:
            self.fuse = Normalized(2 * outputs, outputs)
        self.fuses = fuses

    def forward(self, x, size, map=None):
        x = resized(x, torch.Size((length + 1) // 2 for length in size))
        places = None
        if map is not None and (self.fuses or not isinstance(self.block, ResNetBlock)):
            map = self.lateral(map)
            if not isinstance(self.block, ResNetBlock):
                places = pooled(map)[1][0]
        y = self.block(x, size, places)
        return self.fuse(torch.cat([y, map], 1)) if self.fuses and map is not None else y


def resnet18_maps(network, x):
    x = network.relu(network.bn1(network.conv1(x)))
    maps = [x]
    x = network.maxpool(x)
    for layer in [network.layer1, network.layer2, network.layer3, network.layer4]:
        x = layer(x)
        maps.append(x)
    return maps


def vgg11_bn_maps(network, x):
    maps = []
    for layer in network.features:
        if isinstance(layer, nn.MaxPool2d):
            maps.append(x)
        x = layer(x)
    return maps + [x]


def googlenet_maps(network, x):
    maps = []
    for name, layer in network.named_children():
        if name.startswith("maxpool"):
            maps.append(x)
        if name in ("avgpool", "dropout"):
            break
        x = layer(x)
    return maps + [x]


class EncoderDecoder(nn.Module):
    # The rows of the image for each of the finest map, and channels from fine to coarse.
    encoders = {
        "resnet-18": ("resnet18", resnet18_maps, 2, [64, 64, 128, 256, 512], ["fc"]),
        "vgg-11-bn": ("vgg11_bn", vgg11_bn_maps, 1, [64, 128, 256, 512, 512, 512], ["classifier"]),
        "googlenet": ("googlenet", googlenet_maps, 2, [64, 192, 480, 832, 1024], ["fc"]),
    }

    def __init__(self, classes, encoder="resnet-18", decoder="resnet", width=256, skips=True, stride=1):
        super().__init__()
        name, self.maps, finest, channels, unused = self.encoders[encoder]
        extra = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
        self.encoder = getattr(torchvision.models, name)(weights=None, **extra)
        for part in unused:
            delattr(self.encoder, part)
        while finest < stride:
            channels, finest = channels[1:], 2 * finest
        levels, inputs = [], channels[-1]
        for beside in channels[-2::-1]:
            outputs = min(beside, width)
            levels.append(Level(decoder, inputs, beside, outputs, skips))
            inputs = outputs
        while finest > stride:
            outputs = max(8, min(inputs, width) // 2)
            levels.append(Level(decoder, inputs, None, outputs, False))
            inputs, finest = outputs, finest // 2
        self.decoder = nn.ModuleList(levels)
        self.head = nn.Conv2d(inputs, classes, 1)
        self.stride, self.count = stride, len(channels)

    def forward(self, x):
        size = x.shape[2:]
        maps = self.maps(self.encoder, x)[-self.count :]
        y = maps.pop()
        for index, level in enumerate(self.decoder):
            if maps:
                map = maps.pop()
                y = level(y, map.shape[2:], map)
            else:
                step = self.stride << (len(self.decoder) - 1 - index)
                y = level(y, torch.Size((length + step - 1) // step for length in size))
        return resized(self.head(y), size)


class TwoConvolutions(nn.Module):
    def __init__(self, inputs, outputs, padding):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=padding)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=padding)

    def forward(self, x):
        return F.relu(self.conv2(F.relu(self.conv1(x))))


class Expansion(nn.Module):
    def __init__(self, width, padding):
        super().__init__()
        self.up = nn.ConvTranspose2d(2 * width, width, 2, stride=2)
        self.convolutions = TwoConvolutions(2 * width, width, padding)

    def forward(self, x, skip):
        y = self.up(x)
        top, left = ((a - b) // 2 for a, b in zip(skip.shape[2:], y.shape[2:]))
        middle = skip[:, :, top : top + y.shape[2], left : left + y.shape[3]]
        return self.convolutions(torch.cat([middle, y], 1))


class UNet(nn.Module):
    """Ronneberger et al. 2015; with padding 1 no map is cropped."""

    def __init__(self, classes, padding, width=64, levels=5):
        super().__init__()
        widths = [width << level for level in range(levels)]
        self.contracting = nn.ModuleList(TwoConvolutions(i, o, padding) for i, o in zip([3] + widths, widths))
        self.expanding = nn.ModuleList(Expansion(w, padding) for w in widths[-2::-1])
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        skips = []
        for level, convolutions in enumerate(self.contracting):
            x = convolutions(F.max_pool2d(x, 2) if level else x)
            skips.append(x)
        for expansion, skip in zip(self.expanding, skips[-2::-1]):
            x = expansion(x, skip)
        return self.head(x)


# Cases ------------------------------------------------------------------------------------------------------------

makers = {
    "fcn-32s": lambda **settings: FCN(32, **settings), "fcn-16s": lambda **settings: FCN(16, **settings),
    "fcn-8s": lambda **settings: FCN(8, **settings), "segnet": SegNet, "segnet-basic": SegNetBasic,
    "deconvnet": DeconvNet, "fcn-resnet-50": lambda **settings: FCNResNet(50, **settings),
    "fcn-resnet-101": lambda **settings: FCNResNet(101, **settings), "encoder-decoder": EncoderDecoder,
    "unet": lambda **settings: UNet(padding=0, **settings), "unet-padded": lambda **settings: UNet(padding=1, **settings),
}
odd = [(37, 53), (64, 95), (101, 75)]
large = [(193, 225), (224, 224), (255, 201)]
# Every pooling of a U-Net halves without a rest.
fours = [(52, 44), (60, 76), (84, 48)]
# Name, settings, classes, sizes.
cases = [
    ("fcn-32s", {"width": 4}, 5, odd + [(1, 1)]), ("fcn-16s", {"width": 4}, 5, odd), ("fcn-8s", {"width": 4}, 5, odd),
    ("fcn-8s", {"width": 4, "scaled": True, "upsampling": "learned"}, 5, odd),
    ("fcn-resnet-50", {}, 21, odd), ("fcn-resnet-101", {"auxiliary": False}, 3, odd),
    ("deconvnet", {"width": 4}, 5, large), ("segnet", {"width": 4}, 5, odd + [(1, 2)]),
    ("segnet-basic", {"width": 8}, 5, odd + [(1, 1)]),
    ("encoder-decoder", {"encoder": "resnet-18", "decoder": "vgg", "width": 16}, 4, odd),
    ("encoder-decoder", {"encoder": "resnet-18", "decoder": "googlenet", "width": 16}, 4, odd),
    ("encoder-decoder", {"encoder": "resnet-18", "decoder": "resnet", "width": 16}, 4, odd),
    ("encoder-decoder", {"encoder": "vgg-11-bn", "decoder": "vgg", "width": 12, "skips": False}, 4, odd),
    ("encoder-decoder", {"encoder": "vgg-11-bn", "decoder": "googlenet", "width": 12, "stride": 2}, 4, odd),
    ("encoder-decoder", {"encoder": "googlenet", "decoder": "resnet", "width": 16, "stride": 4}, 4, odd),
    ("unet", {"width": 4, "levels": 3}, 4, fours), ("unet-padded", {"width": 4, "levels": 3}, 4, fours),
]
# Name, settings, classes, batch and size of one batch of learning.
lessons = [
    ("segnet", {"width": 4}, 5, 4, (37, 53)),
    ("fcn-8s", {"width": 4, "upsampling": "learned", "dropout": 0}, 5, 2, (37, 53)),
    ("fcn-resnet-50", {"dropout": 0}, 5, 3, (41, 57)),
    ("encoder-decoder", {"encoder": "resnet-18", "decoder": "vgg", "width": 16}, 4, 3, (53, 75)),
    ("encoder-decoder", {"encoder": "resnet-18", "decoder": "googlenet", "width": 16}, 4, 3, (53, 75)),
    ("encoder-decoder", {"encoder": "resnet-18", "decoder": "resnet", "width": 16}, 4, 3, (53, 75)),
]
# DeconvNet is not among them: rounding decides so many of its maxima and ReLUs that PyTorch's own gradients in float32
# differ from those in float64 by 2 to 12 % (widths 2 and 4, batches of 2 to 4, 225×257 and 257×289).


def text(value):
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def yaml(name, settings):
    return f"{{{name}: {{{', '.join(f'{key}: {text(value)}' for key, value in settings.items())}}}}}"


def bare(network):
    return network.network if isinstance(network, FCNResNet) else network


def filled(name, settings, classes):
    with torch.device("meta"):
        network = makers[name](classes=classes, **{key: value for key, value in settings.items() if key != "dropout"})
    state = {key: torch.from_numpy(zoo.formula(key, tuple(tensor.shape)).copy()).to(tensor.dtype)
             for key, tensor in bare(network).state_dict().items()}
    bare(network).load_state_dict(state, assign=True)
    return network


def count(network, settings):
    """Parameters that learn: bilinear weights are fixed unless said otherwise."""
    fixed = "" if settings.get("upsampling") == "learned" else "upscore"
    return sum(p.numel() for key, p in bare(network).named_parameters() if not (fixed and key.startswith(fixed)))


def image(network, name, shape):
    """An image in which no two elements of a pooled window come near each other, and its result."""
    # The more windows, the nearer some come; float32 rounds at 1e-7.
    margin = 1e-5 if shape[2] < 128 else 4e-6
    for attempt in range(200):
        key = f"{name} {attempt}"
        x = torch.from_numpy(zoo.uniform(key, torch.Size(shape).numel()).reshape(shape))
        margins.clear()
        y = network(x)
        if min(margins, default=1) > margin:
            return key, x, y
    raise SystemExit(f"{name}: ties everywhere, the nearest {min(margins)}")


def kept(tensor, numbers=900):
    flat = tensor.detach().flatten()
    step = max(1, len(flat) // numbers) | 1
    return flat[::step].clone(), step


def write():
    tensors, listed, training = {}, [], []
    for name, settings, classes, sizes in cases:
        network = filled(name, settings, classes).eval()
        case = {"network": yaml(name, settings), "classes": classes, "names": zoo_signature(bare(network)),
                "parameters": count(network, settings), "images": []}
        for height, width in sizes:
            with torch.no_grad():
                key, _, y = image(network, "input", (1, 3, height, width))
            # Of a U-Net with three levels the convolutions take 20 pixels off each side.
            rest = 40 if name == "unet" else 0
            assert y.shape == (1, classes, height - rest, width - rest), y.shape
            place = f"{len(listed)}/{height}x{width}"
            tensors[place], step = kept(y)
            tensors[f"{place}/means"] = y.double().mean((0, 2, 3)).float()
            case["images"].append({"key": key, "height": height, "width": width, "result": list(y.shape[2:]), "step": step,
                                   "place": place})
            print(case["network"], (height, width), "std", y.std().item(), "margin", min(margins, default=None), flush=True)
        listed.append(case)
    for name, settings, classes, batch, (height, width) in lessons:
        network = filled(name, settings, classes).train()
        for module in network.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        statistics = {key: tensor.clone() for key, tensor in network.named_buffers()}
        def forward(x):
            for key, tensor in network.named_buffers():
                tensor.copy_(statistics[key])
            return network(x)
        with torch.no_grad():
            key, x, _ = image(forward, "lesson", (batch, 3, height, width))
        results = forward(x)
        results = results if isinstance(results, tuple) else (results,)
        labels = torch.arange(batch * height * width).mul(7).div(13, rounding_mode="floor") % classes
        labels = labels.reshape(batch, height, width)
        loss = F.cross_entropy(results[0], labels) + sum(0.5 * F.cross_entropy(each, labels) for each in results[1:])
        loss.backward()
        place = f"lesson {len(training)}"
        parameters = sorted(bare(network).named_parameters())
        tensors[f"{place}/loss"] = loss.reshape(1)
        tensors[f"{place}/gradients"] = torch.stack([parameter.grad.norm() for _, parameter in parameters])
        # Norms know nothing of places: of each gradient some elements, too.
        tensors[f"{place}/elements"] = torch.stack([p.grad.flatten()[p.numel() // 3] for _, p in parameters])
        buffers = sorted((n, t) for n, t in bare(network).named_buffers() if not n.endswith("num_batches_tracked"))
        if buffers:
            tensors[f"{place}/statistics"] = torch.stack([tensor.norm() for _, tensor in buffers])
        training.append({"network": yaml(name, settings), "classes": classes, "batch": batch, "height": height,
                         "width": width, "key": key, "place": place})
        print(place, yaml(name, settings), loss.item(), "margin", min(margins, default=None), flush=True)
    whole = {}
    for name in ["fcn-32s", "fcn-16s", "fcn-8s", "fcn-resnet-50", "fcn-resnet-101", "deconvnet", "segnet", "segnet-basic"]:
        classes = 11 if name.startswith("segnet") else 21
        with torch.device("meta"):
            network = makers[name](classes=classes)
        whole[name] = {"classes": classes, "names": zoo_signature(bare(network)), "parameters": count(network, {})}
        print(name, whole[name])
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__}
    zoo_save(tensors, here / "segmentation.safetensors",
             {"networks": json.dumps(listed), "training": json.dumps(training), "whole": json.dumps(whole),
              "made by": json.dumps(versions)})


def zoo_signature(network):
    lines = sorted(f"{name} {','.join(map(str, tensor.shape))}\n" for name, tensor in network.state_dict().items())
    return f"{zoo.fnv1a(''.join(lines)):016x}"


def zoo_save(tensors, path, metadata):
    from safetensors.torch import save_file

    save_file({name: tensor.detach().float().contiguous() for name, tensor in tensors.items()}, path, metadata)


write()
