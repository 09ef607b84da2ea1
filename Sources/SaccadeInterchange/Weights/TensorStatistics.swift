/// What the numbers of a tensor are like. Mean, deviation, least and greatest are those of the finite ones.
public struct TensorStatistics: Sendable, Equatable {
    /// How many numbers there are.
    public private(set) var count = 0
    /// How many are infinite.
    public private(set) var infinities = 0
    /// How many are not a number.
    public private(set) var notNumbers = 0
    /// How many are zero.
    public private(set) var zeros = 0
    /// 0 where no number is finite.
    public private(set) var mean = 0.0
    /// `nil` where no number is finite.
    public private(set) var minimum: Double?
    /// `nil` where no number is finite.
    public private(set) var maximum: Double?
    /// The sum of the squared differences from the mean.
    private var spread = 0.0

    public init() {}

    private var finiteCount: Int { count - infinities - notNumbers }

    /// The standard deviation, of the numbers as a whole population; 0 where no number is finite.
    public var deviation: Double { finiteCount > 0 ? (spread / Double(finiteCount)).squareRoot() : 0 }

    /// The share of zeros, in `0...1`.
    public var zeroFraction: Double { count > 0 ? Double(zeros) / Double(count) : 0 }

    /// Takes more numbers into account. Means and spreads of pieces are joined as in Chan, Golub and LeVeque,
    /// "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979), equations 1.5.
    public mutating func add(_ numbers: [Double]) {
        let before = finiteCount
        var (sum, finite, least, greatest) = (0.0, 0, Double.infinity, -Double.infinity)
        for number in numbers {
            if number.isFinite {
                sum += number
                finite += 1
                if number == 0 { zeros += 1 }
                least = min(least, number)
                greatest = max(greatest, number)
            } else if number.isNaN {
                notNumbers += 1
            } else {
                infinities += 1
            }
        }
        count += numbers.count
        guard finite > 0 else { return }
        let part = sum / Double(finite)
        var squares = 0.0
        for number in numbers where number.isFinite { squares += (number - part) * (number - part) }
        let difference = part - mean
        let total = Double(before + finite)
        mean += difference * Double(finite) / total
        spread += squares + difference * difference * Double(before) * Double(finite) / total
        minimum = min(minimum ?? least, least)
        maximum = max(maximum ?? greatest, greatest)
    }
}
