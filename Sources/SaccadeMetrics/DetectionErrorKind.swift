/// A kind of mistake of a detector, in TIDE's order. IoU is with the object that a detection agrees with best.
public enum DetectionErrorKind: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
    /// The box is that of an object of another class: IoU of at least 0.5. Hoiem calls it confusion.
    case classification
    /// The class is right, the box is not: IoU from 0.1 to below 0.5 with an object of its class. It is looked for first.
    case localization
    /// Neither: IoU above 0.1 and below 0.5 with an object of another class.
    case both
    /// Class and box are those of an object that a surer detection has found.
    case duplicate
    /// There is nothing: IoU of at most 0.1 with any object.
    case background
    /// An object that was not found, and that no detection would find with a better box or class alone.
    case missed

    /// Up to this IoU a detection has nothing to do with an object.
    static let backgroundIoU = 0.1

    /// Whether the detection would find an object, were it not for this.
    var comesNear: Bool { self == .classification || self == .localization }

    /// What tables call it.
    public var title: String {
        switch self {
        case .classification: "classification"
        case .localization: "localisation"
        case .both: "both of these"
        case .duplicate: "duplicate"
        case .background: "background"
        case .missed: "missed"
        }
    }
}
