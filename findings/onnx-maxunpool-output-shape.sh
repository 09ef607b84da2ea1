#!/usr/bin/env bash
# MaxUnpool with an output_shape: ONNX Runtime and ONNX's own reference disagree about what the indices mean.
#
# Seen on 2026-11-28, x86-64, with onnx 1.23.2 and onnxruntime 1.32.0 from PyPI.
#
# The input is the standard's own example for output_shape: elements [[5, 6], [7, 8]] with indices [[5, 7], [13, 15]], kernel
# and strides 2 x 2, output_shape [1, 1, 5, 5]. The reference, and the result that the standard gives, take indices as places in
# the plane that kernel and strides imply, 4 x 4, and put what output_shape adds behind it. ONNX Runtime takes them as places in
# the plane that output_shape names, 5 x 5, as PyTorch's max_unpool2d does with its output_size. Both give a tensor of the right
# shape, so nothing warns. Without output_shape, and where it equals the implied shape, they agree.
#
# Seen:
#     ONNX Runtime  row 1: 5 0 6 0 0   row 2: 0 0 0 7 0   row 3: 8 0 0 0 0
#     reference     row 1: 0 5 0 6 0   row 3: 0 7 0 8 0
#
# Exit status: 0 it is still so, 1 it has changed, 77 the packages cannot be had.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnx==1.23.2 onnxruntime==1.32.0 numpy || exit 77
cat >"$folder/check.py" <<'PYTHON'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

node = helper.make_node("MaxUnpool", ["x", "indices", "output_shape"], ["y"], kernel_shape=[2, 2], strides=[2, 2])
graph = helper.make_graph(
    [node], "unpool",
    [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 2, 2]),
        helper.make_tensor_value_info("indices", TensorProto.INT64, [1, 1, 2, 2]),
        helper.make_tensor_value_info("output_shape", TensorProto.INT64, [4]),
    ],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, 5, 5])])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=8)
onnx.checker.check_model(model)
feeds = {
    "x": np.array([[[[5, 6], [7, 8]]]], dtype=np.float32),
    "indices": np.array([[[[5, 7], [13, 15]]]], dtype=np.int64),
    "output_shape": np.array([1, 1, 5, 5], dtype=np.int64),
}


def dense(places):
    plane = np.zeros((1, 1, 5, 5), dtype=np.float32)
    for (row, column), value in places.items():
        plane[0, 0, row, column] = value
    return plane


runtime = onnxruntime.InferenceSession(model.SerializeToString()).run(None, feeds)[0]
reference = ReferenceEvaluator(model).run(None, feeds)[0]
print("ONNX Runtime", onnxruntime.__version__, "\n", runtime[0, 0])
print("reference of onnx", onnx.__version__, "\n", reference[0, 0])
in_output = dense({(1, 0): 5, (1, 2): 6, (2, 3): 7, (3, 0): 8})
in_implied = dense({(1, 1): 5, (1, 3): 6, (3, 1): 7, (3, 3): 8})
assert np.array_equal(runtime, in_output), "ONNX Runtime reads the indices otherwise now"
assert np.array_equal(reference, in_implied), "the reference reads the indices otherwise now"
print("They disagree, as before.")
PYTHON
"$folder/venv/bin/python" "$folder/check.py"
