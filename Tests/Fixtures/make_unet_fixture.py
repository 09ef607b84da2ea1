#!/usr/bin/env python3
"""Writes unet.safetensors: what PyTorch makes of a small U-Net with valid convolutions, for UNetTests.

    python make_unet_fixture.py        # torch 2.x, safetensors
"""
import os

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file


class TwoConvolutions(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3)
        self.conv2 = nn.Conv2d(outputs, outputs, 3)

    def forward(self, x):
        return F.relu(self.conv2(F.relu(self.conv1(x))))


class Expansion(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.up = nn.ConvTranspose2d(2 * width, width, 2, stride=2)
        self.convolutions = TwoConvolutions(2 * width, width)

    def forward(self, x, skip):
        y = self.up(x)
        top, left = (skip.shape[2] - y.shape[2]) // 2, (skip.shape[3] - y.shape[3]) // 2
        middle = skip[:, :, top:top + y.shape[2], left:left + y.shape[3]]
        return self.convolutions(torch.cat([middle, y], 1))


class UNet(nn.Module):
    def __init__(self, channels, classes, widths):
        super().__init__()
        self.contracting = nn.ModuleList(
            [TwoConvolutions(i, o) for i, o in zip((channels,) + widths, widths)])
        self.expanding = nn.ModuleList([Expansion(width) for width in reversed(widths[:-1])])
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x):
        skips = []
        for level, convolutions in enumerate(self.contracting):
            x = convolutions(F.max_pool2d(x, 2) if level else x)
            skips.append(x)
        for expansion, skip in zip(self.expanding, skips[-2::-1]):
            x = expansion(x, skip)
        return self.head(x)


torch.manual_seed(3)
network = UNet(3, 3, (4, 8, 16))
x = torch.randn(2, 3, 52, 44)
scores = network(x)
truth = torch.randint(0, 3, (2, 52, 44))
truth[0, 20:24, 18:] = 255
top, left = (52 - scores.shape[2]) // 2, (44 - scores.shape[3]) // 2
middle = truth[:, top:top + scores.shape[2], left:left + scores.shape[3]]
loss = F.cross_entropy(scores, middle, ignore_index=255)
loss.backward()
tensors = {"input": x, "truth": truth.float(), "scores": scores.detach(), "loss": loss.detach().reshape(1)}
for name, parameter in network.named_parameters():
    tensors["weights/" + name] = parameter.detach()
    tensors["gradients/" + name] = parameter.grad
save_file({name: tensor.contiguous() for name, tensor in tensors.items()},
          os.path.join(os.path.dirname(os.path.abspath(__file__)), "unet.safetensors"))
print(scores.shape, loss.item())
