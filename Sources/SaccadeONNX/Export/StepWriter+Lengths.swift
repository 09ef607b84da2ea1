import SaccadeTensors

// Steps with numbers that may depend on free axes.
extension StepWriter {
    /// The new lengths; 0 keeps an axis as it is, and -1 stands for what is left.
    func reshapedLengths() throws -> [Length] {
        let kept = resultLengths.enumerated().map { axis, length in
            axis < lengths[0].count && lengths[0][axis] == length
        }
        let varying = resultLengths.indices.filter { (resultLengths[$0].fixed ?? 0) <= 0 && !kept[$0] }
        // What cannot be read is what is left.
        let hidden = varying.filter { !readable[$0] }
        guard hidden.count <= 1 else { throw dependsOnLengths }
        let open = hidden.first ?? varying.first
        return resultLengths.enumerated().map { axis, length in
            if let fixed = length.fixed, fixed > 0 { return length }
            return axis == open ? number(-1) : kept[axis] ? number(0) : length
        }
    }

    mutating func broadcast() {
        let missing = resultLengths.count - lengths[0].count
        let target = resultLengths.enumerated().map { axis, length in
            // 1 keeps what is there.
            length.fixed == nil && axis >= missing && lengths[0][axis - missing] == length ? number(1) : length
        }
        add("Expand", constants: [.lengths(target)])
    }

    private func number(_ number: Int) -> Length { Length(samples: forms.map { _ in number }) }

    mutating func slice() throws {
        let parts = forms.compactMap { form in
            if case .slice(let whole, let starts, let steps, let counts) = form {
                zip(zip(whole.dimensions, counts), zip(starts, steps)).map { AxisSlice($0.0, $0.1, $1.0, $1.1) }
            } else {
                nil
            }
        }
        guard let first = parts.first, parts.count == forms.count else { throw dependsOnLengths }
        let axes = first.indices.filter { axis in !parts.allSatisfy { $0[axis].isAll } }
        guard axes.allSatisfy({ axis in parts.allSatisfy { $0[axis].step == first[axis].step } }) else {
            throw dependsOnLengths
        }
        func places(_ place: (AxisSlice) -> Int) -> [Length] {
            axes.map { axis in
                let here = parts.map { $0[axis] }
                let places = Length(samples: here.map(place))
                guard places.fixed == nil else { return places }
                // Those that stay as far from the end are counted from there.
                let fromEnd = Length(samples: here.map { place($0) - $0.whole })
                guard let distance = fromEnd.fixed, distance <= 0 else { return places }
                return number(distance == 0 ? Int(Int32.max) : distance)
            }
        }
        add(
            "Slice",
            constants: [
                .lengths(places(\.start)),
                .lengths(
                    zip(axes, places(\.end)).map { axis, end in
                        // Before the first one.
                        first[axis].step < 0 && parts.contains { $0[axis].end < 0 } ? number(Int(Int32.min)) : end
                    }), .integers(axes), .integers(axes.map { first[$0].step }),
            ])
    }

    /// A slice along one axis.
    private struct AxisSlice {
        let whole: Int
        let count: Int
        let start: Int
        let step: Int

        init(_ whole: Int, _ count: Int, _ start: Int, _ step: Int) {
            (self.whole, self.count, self.start, self.step) = (whole, count, start, step)
        }

        var end: Int { step > 0 ? min(start + step * count, whole) : start + step * count }
        var isAll: Bool { (start, step, count) == (0, 1, whole) }
    }

    mutating func pad() throws {
        var (before, after) = ([[Int]](), [[Int]]())
        for form in forms {
            guard case .placement(let whole, let starts, let steps, let counts, _) = form else { continue }
            guard steps.allSatisfy({ $0 == 1 }) else { throw Problem.unsupported("elements put apart from each other") }
            before.append(starts)
            after.append(starts.indices.map { whole[$0] - starts[$0] - counts[$0] })
        }
        guard case .placement(_, let starts, _, _, let background) = form, before.count == forms.count else {
            throw dependsOnLengths
        }
        let widths = [before, after].flatMap { side in
            starts.indices.map { axis in Length(samples: side.map { $0[axis] }) }
        }
        add("Pad", constants: [.lengths(widths), .floats(Tensor([background], shape: []))])
    }

    mutating func resize(_ size: Pair, _ interpolation: Interpolation) throws {
        var attributes: [String: ONNXNode.Attribute] = [:]
        switch interpolation {
        case .nearest:
            attributes["mode"] = .string("nearest")
            attributes["coordinate_transformation_mode"] = .string("asymmetric")
            attributes["nearest_mode"] = .string("floor")
        case .bilinear(let alignsCorners):
            attributes["mode"] = .string("linear")
            attributes["coordinate_transformation_mode"] = .string(alignsCorners ? "align_corners" : "half_pixel")
        }
        let scales = zip(lengths[0][2...], resultLengths[2...]).compactMap { scale(from: $0.samples, to: $1.samples) }
        if scales.count == 2 {
            add("Resize", inputs + [""], constants: [.floats(Tensor([1, 1] + scales, shape: [4]))], with: attributes)
        } else {
            add("Resize", inputs + ["", ""], constants: [.lengths(resultLengths)], with: attributes)
        }
    }

    /// The factor between lengths; `nil` where it is not the same everywhere.
    private func scale(from lengths: [Int], to wanted: [Int]) -> Float? {
        let scale = Float(wanted[0]) / Float(lengths[0])
        // A size is what a scale gives when it is rounded down.
        let isShort = zip(lengths, wanted).contains { Double($0) * Double(scale) < Double($1) }
        let used = isShort ? scale.nextUp : scale
        let first = wanted[0]
        let isSame = zip(lengths, wanted).allSatisfy { length, wanted in
            wanted * lengths[0] == first * length && Int(Double(length) * Double(used)) == wanted
        }
        return isSame ? used : nil
    }
}
