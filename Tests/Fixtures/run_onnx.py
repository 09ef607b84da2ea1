"""Runs every model of a folder in ONNX Runtime, for the tests that export networks.

    python run_onnx.py FOLDER

For each NAME.onnx there is NAME.input, the inputs one behind the other, float32 in row-major order, and NAME.json with
their names and shapes. The model goes through onnx.checker first; what comes out is written to NAME.output in the same
way. On standard output stands, for each model, its name and the shapes of its outputs.

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
    elements = numpy.fromfile(path.with_suffix(".input"), dtype="<f4")
    inputs = {}
    for port in json.loads(path.with_suffix(".json").read_text()):
        count = int(numpy.prod(port["shape"]))
        inputs[port["name"]] = elements[:count].reshape(port["shape"])
        elements = elements[count:]
    outputs = session.run(None, inputs)
    with open(path.with_suffix(".output"), "wb") as file:
        for output in outputs:
            file.write(output.astype("<f4").tobytes())
    print(path.stem, json.dumps([list(output.shape) for output in outputs]))
