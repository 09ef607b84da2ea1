import Foundation

extension DecodingError {
    /// What is wrong and where, as a clause without the decoder's own words.
    package var reason: String {
        func path(_ keys: [any CodingKey]) -> String {
            keys.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined().drop { $0 == "." }
                .description
        }
        switch self {
        case .keyNotFound(let key, let context):
            let place = path(context.codingPath)
            return "\(place.isEmpty ? "it" : place) has no “\(key.stringValue)”"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let place = path(context.codingPath)
            return "\(place.isEmpty ? "it" : place) is not of the right type"
        case .dataCorrupted(let context):
            let below = (context.underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String
            let place = path(context.codingPath)
            let text = below ?? context.debugDescription
            let words = text.contains("NotRepresentable") ? "holds a number that is too large" : text
            return (place.isEmpty ? words : "\(place): \(words)").trimmingCharacters(in: ["."])
        @unknown default: return "\(self)"
        }
    }
}
