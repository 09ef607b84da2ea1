extension LinearSVM {
    /// Reads what liblinear's program `train` (Debian: `liblinear-train`) wrote: one machine for each label of the file.
    ///
    /// For two labels the file has one machine, which speaks for whatever label it lists first; here it becomes two, each the
    /// other's opposite. Of logistic regression only the sign of a score, and which is highest, mean what they do elsewhere.
    ///
    /// - Parameter text: What is in the file.
    /// - Returns: The machines, and the label that each of them takes for its own.
    /// - Throws: ``LinearError``: no such file, a regression, which has no labels, or numbers that are missing or not finite.
    public static func fromLiblinear(_ text: String) throws(LinearError) -> (svm: LinearSVM, labels: [Int]) {
        let file = try LiblinearFile(text)
        let (columns, labels) = (file.features, file.labels)
        let isPair = labels.count == 2 && file.solver != "MCSVM_CS"
        let width = isPair ? 1 : labels.count
        let (rows, numbers) = (columns + (file.bias >= 0 ? 1 : 0), file.numbers)
        let (count, overflows) = rows.multipliedReportingOverflow(by: width)
        guard !overflows, numbers.count == count else {
            throw LinearError(
                .file,
                "holds \(numbers.count) weights where \(columns) features and \(labels.count) labels need another number"
            )
        }
        var (weights, intercepts) = ([Float](), [Float]())
        for machine in labels.indices {
            let sign: Double = isPair && machine == 1 ? -1 : 1
            let place = isPair ? 0 : machine
            for column in 0..<columns { weights.append(Float(sign * numbers[column * width + place])) }
            intercepts.append(file.bias >= 0 ? Float(sign * numbers[columns * width + place] * file.bias) : 0)
        }
        let matrix = Matrix(rows: labels.count, columns: columns, values: weights)
        guard matrix.firstNotFinite == nil, intercepts.allSatisfy(\.isFinite) else {
            throw LinearError(.notFinite, "holds weights that are not finite, or too large for single precision")
        }
        return (LinearSVM(weights: matrix, intercepts: intercepts), labels)
    }
}

/// The lines of a model: a word and its values, down to `w`, then numbers.
private struct LiblinearFile {
    var solver = ""
    var labels: [Int] = []
    var features = 0
    /// Below 0: none.
    var bias = -1.0
    var numbers: [Double] = []

    private static let classifiers: Set = [
        "L2R_LR", "L2R_L2LOSS_SVC_DUAL", "L2R_L2LOSS_SVC", "L2R_L1LOSS_SVC_DUAL", "MCSVM_CS", "L1R_L2LOSS_SVC",
        "L1R_LR",
        "L2R_LR_DUAL",
    ]

    init(_ text: String) throws(LinearError) {
        var lines = text.split(whereSeparator: \.isNewline)[...]
        var header: [Substring: [Substring]] = [:]
        while let line = lines.popFirst() {
            let words = line.split(separator: " ")
            guard let key = words.first else { continue }
            if key == "w" { break }
            header[key] = Array(words.dropFirst())
        }
        solver = header["solver_type"]?.first.map(String.init) ?? ""
        guard Self.classifiers.contains(solver) else {
            throw LinearError(
                .file,
                solver.isEmpty
                    ? "is no model of liblinear: it names no solver_type"
                    : "was made by the solver \(solver), which knows no classes; train with -s 0 to 7")
        }
        labels = (header["label"] ?? []).compactMap { Int($0) }
        guard labels.count >= 2, Set(labels).count == labels.count, header["nr_class"] == ["\(labels.count)"] else {
            throw LinearError(
                .file, "must list at least two labels, as many as its nr_class says, and none of them twice")
        }
        guard let features = header["nr_feature"]?.first.flatMap({ Int($0) }), features >= 1, features < Int32.max,
            let bias = header["bias"]?.first.flatMap({ Double($0) }), bias.isFinite
        else { throw LinearError(.file, "must say how many features it has (nr_feature) and what its bias is") }
        (self.features, self.bias) = (features, bias)
        for line in lines {
            for word in line.split(separator: " ") {
                guard let number = Double(word) else {
                    throw LinearError(.file, "has “\(word.prefix(40))” among its weights, which is no number")
                }
                numbers.append(number)
            }
        }
    }
}
