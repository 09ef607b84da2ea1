import SaccadeGeometry
import SaccadeImages

/// A line of YOLO's: the number of a class, then a box as centre and size, or the corners of an outline, in fractions of
/// the image's width and height.
enum YOLOLine {
    /// Reads a line.
    ///
    /// - Parameters:
    ///   - size: The image's, which turns fractions into pixels.
    ///   - place: The line.
    /// - Returns: The object, or nothing; and what is wrong. Both may be there.
    static func object(
        _ text: String, on size: PixelSize, classNames: [String], at place: Problem.Place
    ) -> (object: AnnotatedObject?, problem: Problem?) {
        let fields = text.split(whereSeparator: \.isWhitespace)
        guard let label = RecordRules.integer(fields[0]) else {
            let name = String(fields[0].prefix(80))
            guard Double(name) == nil else {
                return (
                    nil,
                    Problem(
                        .malformedRecord, at: place, "the class “\(name)” is no whole number",
                        remedy: "write the number of the class, from 0")
                )
            }
            let number = classNames.firstIndex(of: name)
            return (
                nil,
                Problem(
                    .className, at: place, "“\(name)” stands where the number of a class belongs",
                    remedy: number.map { "write \($0) for \(name)" } ?? "write the number of the class, from 0")
            )
        }
        let numbers = fields.dropFirst().compactMap(RecordRules.number)
        guard numbers.count == fields.count - 1, numbers.count == 4 || (numbers.count >= 6 && numbers.count % 2 == 0)
        else {
            return (
                nil,
                Problem(
                    .malformedRecord, at: place,
                    numbers.count == fields.count - 1
                        ? "has \(numbers.count) numbers behind the class" : "has something that is no number",
                    remedy: "write a class and centre x, centre y, width, height, or x and y of three corners or more")
            )
        }
        guard numbers.allSatisfy({ abs($0) <= 2 }) else {
            return (
                nil,
                Problem(
                    .pixelCoordinates, at: place, "holds pixels where fractions of the image belong",
                    remedy: "divide x and width by \(size.width), y and height by \(size.height)")
            )
        }
        guard label < classNames.count else {
            return (nil, ClassNames.unknown(label, count: classNames.count, at: place))
        }
        let (width, height) = (Double(size.width), Double(size.height))
        guard numbers.count > 4 else {
            let box = Box(
                left: Decimals.snapped((numbers[0] - numbers[2] / 2) * width),
                top: Decimals.snapped((numbers[1] - numbers[3] / 2) * height),
                right: Decimals.snapped((numbers[0] + numbers[2] / 2) * width),
                bottom: Decimals.snapped((numbers[1] + numbers[3] / 2) * height))
            let found = RecordRules.check(box, on: size, at: place) { fractions($0, of: size) }
            return (
                found?.isUsable == false ? nil : AnnotatedObject(label: label, box: box, place: place), found?.problem
            )
        }
        let corners = stride(from: 0, to: numbers.count, by: 2).map {
            Point(Decimals.snapped(numbers[$0] * width), Decimals.snapped(numbers[$0 + 1] * height))
        }
        let polygon = Polygon(corners)
        let box = polygon.bounds ?? Box(left: 0, top: 0, right: 0, bottom: 0)
        let found = RecordRules.check(box, on: size, at: place) { _ in numbers.map { min(max($0, 0), 1) } }
        let object = AnnotatedObject(label: label, box: box, outline: .polygons([polygon]), place: place)
        return (found?.isUsable == false ? nil : object, found?.problem)
    }

    /// YOLO's numbers for a box: centre x, centre y, width, height, in fractions.
    static func fractions(_ box: Box, of size: PixelSize) -> [Double] {
        let (width, height) = (Double(size.width), Double(size.height))
        return [box.center.x / width, box.center.y / height, box.width / width, box.height / height]
    }

    /// A line for a class and numbers. Twelve places, so that the pixels come back to the millionth.
    static func text(_ label: Int, _ numbers: [Double]) -> String {
        "\(label) " + numbers.map { Decimals.text($0, places: 12) }.joined(separator: " ")
    }
}
