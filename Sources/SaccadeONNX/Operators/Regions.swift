import SaccadeTensors

extension Operators {
    /// Features of regions of interest.
    static let regions: [String: ONNXOperator] = [
        "RoiAlign": float(aligned),
        "MaxRoiPool": float { call in
            guard let size = try call.integers("pooled_shape"), size.count == 2 else {
                throw Problem.malformed("pooled_shape is not two numbers")
            }
            return try call.apply(
                .roiPool(outputSize: Pair(size[0], size[1]), spatialScale: call.float("spatial_scale", or: 1)),
                call.tensor(0, ranks: 4...4), call.tensor(1, ranks: 2...2))
        },
    ]

    private static func aligned(_ call: Call) throws -> Tensor {
        guard try call.string("mode", or: "avg") == "avg" else {
            throw Problem.unsupported("regions of which the largest is taken: runtimes do not agree of what")
        }
        // The attribute came with opset 16, and another default with it.
        let place = try call.string(
            "coordinate_transformation_mode", or: call.opset < 16 ? "output_half_pixel" : "half_pixel")
        guard ["half_pixel", "output_half_pixel"].contains(place) else {
            throw Problem.malformed("the coordinate_transformation_mode \(place)")
        }
        let (x, boxes) = (try call.tensor(0, ranks: 4...4), try call.tensor(1, ranks: 2...2))
        guard boxes.shape[1] == 4, try call.value(2).shape == [boxes.shape[0]] else {
            throw Problem.malformed("\(try call.value(2).shape) images of boxes \(boxes.shape)")
        }
        // An image that is not there gives zeros, and a fraction is cut off: the numbers need not be known beforehand.
        let numbers = if case .uncut(let floats) = try call.value(2) { floats } else { try call.tensor(2) }
        let images = try call.reshape(numbers, [boxes.shape[0], 1])
        let size = Pair(try call.integer("output_height", or: 1), try call.integer("output_width", or: 1))
        return try call.apply(
            .roiAlign(
                outputSize: size, spatialScale: call.float("spatial_scale", or: 1),
                samplingRatio: call.integer("sampling_ratio", or: 0), aligned: place == "half_pixel"), x,
            call.apply(.concatenation(axis: 1), images, boxes))
    }
}
