/// The places of scores, the highest first; equal scores keep their order, and what is no number is left out.
///
/// - Parameter limit: How many places at most.
/// - Complexity: O(N): as often as not the scores of 200 000 anchors are asked for their first thousand.
func highestFirst(_ scores: [Float], limit: Int = .max) -> [Int] {
    // The score above the place in one number, so that the smallest number is the first place of the highest score.
    var keys: [UInt64] = []
    keys.reserveCapacity(scores.count)
    for (place, score) in scores.enumerated() where !score.isNaN {
        // Bits of floats are in order as integers, but for the sign; and −0 is 0.
        let bits = (score == 0 ? 0 : score).bitPattern
        let descending = bits >> 31 == 1 ? bits : ~bits & 0x7FFF_FFFF
        keys.append(UInt64(descending) << 32 | UInt64(place))
    }
    if limit < keys.count { keys = candidates(for: max(limit, 0), of: keys) }
    if keys.count < 512 {
        keys.sort()
    } else {
        sortByScore(&keys)
    }
    return keys.prefix(max(limit, 0)).map { Int($0 & 0xFFFF_FFFF) }
}

private let digit = (bits: 11, count: 1 << 11)

/// Those of the keys that can be among the `limit` smallest: up to the digit at which there are enough.
private func candidates(for limit: Int, of keys: [UInt64]) -> [UInt64] {
    let shift = UInt64(64 - digit.bits)
    var counts = [Int](repeating: 0, count: digit.count)
    for key in keys { counts[Int(key >> shift)] += 1 }
    var (last, found) = (0, counts[0])
    while found < limit {
        last += 1
        found += counts[last]
    }
    return keys.filter { Int($0 >> shift) <= last }
}

/// Sorts keys, whose lower halves are in order, by their upper halves: digit by digit from the last.
private func sortByScore(_ keys: inout [UInt64]) {
    var other = [UInt64](repeating: 0, count: keys.count)
    for shift in [32, 43, 54] as [UInt64] {
        var next = [Int](repeating: 0, count: digit.count)
        let mask = UInt64(digit.count - 1)
        for key in keys { next[Int(key >> shift & mask)] += 1 }
        var sum = 0
        for value in next.indices { (next[value], sum) = (sum, sum + next[value]) }
        for key in keys {
            let value = Int(key >> shift & mask)
            other[next[value]] = key
            next[value] += 1
        }
        swap(&keys, &other)
    }
}
