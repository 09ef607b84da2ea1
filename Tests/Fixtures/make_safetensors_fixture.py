"""Writes element_types.safetensors with the reference implementation: one tensor of each type.

    python3 make_safetensors_fixture.py      # needs torch and safetensors
"""

import pathlib

import torch
from safetensors.torch import save_file

whole = torch.tensor([[0, 1, 2], [100, 7, 127]])
real = torch.tensor([0.0, -0.0, 1.0, -2.5, 65504.0, 6.1035156e-05, 5.9604645e-08, float("inf"), float("-inf"), 0.333])
tensors = {
    "bool": torch.tensor([True, False, True]),
    "uint8": whole.to(torch.uint8),
    "int8": (whole - 100).to(torch.int8),
    "uint16": (whole * 500).to(torch.uint16),
    "int16": (whole * -250).to(torch.int16),
    "uint32": (whole * 100000).to(torch.uint32),
    "int32": (whole * -100000).to(torch.int32),
    "uint64": (whole * 2**20).to(torch.uint64),
    "int64": whole * -(2**40),
    "float16": real.to(torch.float16),
    "bfloat16": real.to(torch.bfloat16),
    "float32": real,
    "float64": real.to(torch.float64) * 1e-3,
    "scalar": torch.tensor(3.5),
    "empty": torch.zeros(0, 4),
}
save_file(
    tensors, pathlib.Path(__file__).with_name("element_types.safetensors"), metadata={"made by": "reference \"é\""})
