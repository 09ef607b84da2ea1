/// As an object with `height`, `width`, `channels`, `resize` (`stretch`, `crop`, `fit` or `tiles`), `shortSide` (with `crop` and
/// `fit`), `longSide` (with `fit`), `filter`, `mean`, `std` and `decodesReduced`. Values that ``Preprocessing/init(height:width:channels:resizing:filter:mean:standardDeviation:)``
/// would trap on are refused as corrupted data, for such objects come from files.
extension Preprocessing: Codable {
    private enum CodingKeys: String, CodingKey {
        case height, width, channels, resize, shortSide, longSide, filter, mean, decodesReduced
        case standardDeviation = "std"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let height = try values.decode(Int.self, forKey: .height)
        let width = try values.decode(Int.self, forKey: .width)
        let channels = try values.decode(Int.self, forKey: .channels)
        let mean = try values.decode([Float].self, forKey: .mean)
        let deviation = try values.decode([Float].self, forKey: .standardDeviation)
        let resizing: Resizing
        switch try values.decode(String.self, forKey: .resize) {
        case "stretch": resizing = .stretch
        case "crop": resizing = .centerCrop(shortSide: try values.decode(Int.self, forKey: .shortSide))
        case "tiles": resizing = .tiles
        case "fit":
            resizing = .fit(
                shortSide: try values.decode(Int.self, forKey: .shortSide),
                longSide: try values.decode(Int.self, forKey: .longSide))
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .resize, in: values,
                debugDescription: "resize must be stretch, crop, fit or tiles, not \(other)")
        }
        let filterName = try values.decode(String.self, forKey: .filter)
        guard let filter = ResizeFilter(rawValue: filterName) else {
            throw DecodingError.dataCorruptedError(
                forKey: .filter, in: values, debugDescription: "there is no filter \(filterName)")
        }
        if let problem = Self.problem(
            height: height, width: width, channels: channels, resizing: resizing, mean: mean,
            standardDeviation: deviation)
        {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: problem))
        }
        self.init(
            height: height, width: width, channels: channels, resizing: resizing, filter: filter, mean: mean,
            standardDeviation: deviation, decodesReduced: try values.decode(Bool.self, forKey: .decodesReduced))
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(height, forKey: .height)
        try values.encode(width, forKey: .width)
        try values.encode(channels, forKey: .channels)
        switch resizing {
        case .stretch: try values.encode("stretch", forKey: .resize)
        case .tiles: try values.encode("tiles", forKey: .resize)
        case .centerCrop(let side):
            try values.encode("crop", forKey: .resize)
            try values.encode(side, forKey: .shortSide)
        case .fit(let short, let long):
            try values.encode("fit", forKey: .resize)
            try values.encode(short, forKey: .shortSide)
            try values.encode(long, forKey: .longSide)
        }
        try values.encode(filter.rawValue, forKey: .filter)
        try values.encode(mean, forKey: .mean)
        try values.encode(standardDeviation, forKey: .standardDeviation)
        try values.encode(decodesReduced, forKey: .decodesReduced)
    }
}
