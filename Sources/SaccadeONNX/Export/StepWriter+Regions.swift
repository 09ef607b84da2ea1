import SaccadeTensors

extension StepWriter {
    /// ONNX has the numbers of images apart from the boxes.
    mutating func alignRegions(_ size: Pair, _ scale: Float, _ ratio: Int, _ aligned: Bool) {
        func columns(_ range: Range<Int>, to name: String) {
            let bounds = [range.lowerBound, range.upperBound, 1].map { StepWriter.Constant.integers([$0]) }
            add("Slice", [inputs[1]], constants: bounds, to: between(name))
        }
        columns(0..<1, to: "column")
        columns(1..<5, to: "boxes")
        add("Squeeze", [between("column")], constants: [.integers([1])], to: between("numbers"))
        add("Cast", [between("numbers")], to: between("images"), with: ["to": .integer(ElementType.int64.rawValue)])
        add(
            "RoiAlign", [inputs[0], between("boxes"), between("images")],
            with: [
                "output_height": .integer(size.height), "output_width": .integer(size.width),
                "sampling_ratio": .integer(ratio), "spatial_scale": .float(scale),
                "coordinate_transformation_mode": .string(aligned ? "half_pixel" : "output_half_pixel"),
            ])
    }
}
