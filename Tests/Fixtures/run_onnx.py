"""Runs every model of a folder in ONNX Runtime, for the tests that export networks.

    python run_onnx.py FOLDER

For each NAME.onnx there is NAME.input, float32 in row-major order, and NAME.json with its shape. The model goes through
onnx.checker first; what comes out is written to NAME.output in the same way. On standard output stands, for each model,
its name and the shape of its output.

Wants: onnx, onnxruntime, numpy.
"""

import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    shape = json.loads(path.with_suffix(".json").read_text())
    x = numpy.fromfile(path.with_suffix(".input"), dtype="<f4").reshape(shape)
    (y,) = session.run(None, {"input": x})
    y.astype("<f4").tofile(path.with_suffix(".output"))
    print(path.stem, json.dumps(list(y.shape)))
