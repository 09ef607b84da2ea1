import SaccadeTensors

/// Images `[N, C, H, W]` and what networks do to them, element by element, as papers define it.
struct SlowImages {
    let (count, channels, height, width): (Int, Int, Int, Int)
    private let element: [Float]

    init(_ x: Tensor) {
        self.init(x.shape[0], x.shape[1], x.shape[2], x.shape[3]) { [scalars = x.scalars, s = x.shape] n, c, y, z in
            scalars[((n * s[1] + c) * s[2] + y) * s[3] + z]
        }
    }

    init(_ n: Int, _ c: Int, _ h: Int, _ w: Int, _ element: (Int, Int, Int, Int) -> Float) {
        (count, channels, height, width) = (n, c, h, w)
        var elements: [Float] = []
        elements.reserveCapacity(n * c * h * w)
        for n in 0..<n { for c in 0..<c { for y in 0..<h { for x in 0..<w { elements.append(element(n, c, y, x)) } } } }
        self.element = elements
    }

    subscript(n: Int, c: Int, y: Int, x: Int) -> Float { element[((n * channels + c) * height + y) * width + x] }

    var tensor: Tensor { Tensor(element, shape: [count, channels, height, width]) }

    /// A convolution without padding, by `[O, C, KH, KW]`.
    func convolved(_ weights: SlowImages, rectified: Bool = true) -> SlowImages {
        let (h, w) = (height - weights.height + 1, width - weights.width + 1)
        return SlowImages(count, weights.count, h, w) { n, o, y, x in
            var sum: Float = 0
            for c in 0..<channels {
                for u in 0..<weights.height {
                    for v in 0..<weights.width { sum += self[n, c, y + u, x + v] * weights[o, c, u, v] }
                }
            }
            return rectified ? Swift.max(sum, 0) : sum
        }
    }

    func pooled() -> SlowImages {
        SlowImages(count, channels, height / 2, width / 2) { n, c, y, x in
            [(0, 0), (0, 1), (1, 0), (1, 1)].map { self[n, c, 2 * y + $0.0, 2 * x + $0.1] }.max() ?? 0
        }
    }

    /// A transposed convolution of kernel 2 and stride 2, by `[C, O, 2, 2]`.
    func enlarged(_ weights: SlowImages) -> SlowImages {
        SlowImages(count, weights.channels, 2 * height, 2 * width) { n, o, y, x in
            (0..<channels).reduce(0) { $0 + self[n, $1, y / 2, x / 2] * weights[$1, o, y % 2, x % 2] }
        }
    }

    /// The middle.
    func cropped(to other: SlowImages) -> SlowImages {
        let (top, left) = ((height - other.height) / 2, (width - other.width) / 2)
        return SlowImages(count, channels, other.height, other.width) { self[$0, $1, top + $2, left + $3] }
    }

    func joined(_ other: SlowImages) -> SlowImages {
        SlowImages(count, channels + other.channels, height, width) { n, c, y, x in
            c < channels ? self[n, c, y, x] : other[n, c - channels, y, x]
        }
    }
}
