import Foundation
import SaccadeLinear
import Testing

/// What liblinear's programs wrote, as `Tests/Fixtures/make_liblinear_fixtures.py` noted it down.
struct LiblinearCase: Decodable, CustomTestStringConvertible {
    var name: String
    var rows: [[Float]]
    var labels: [Int]
    var model: String
    var predictions: [Double]

    var testDescription: String { name }

    static let all: [LiblinearCase] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/liblinear.json")
        // The file is part of the package: without it no test means anything.
        return try! JSONDecoder().decode([LiblinearCase].self, from: Data(contentsOf: file))
    }()

    static func named(_ name: String) -> LiblinearCase { all.first { $0.name == name }! }
}

@Suite struct LiblinearTests {
    @Test(
        "machines from a file predict what liblinear predicts, whichever label it lists first",
        arguments: LiblinearCase.all.filter { $0.name != "one class" && $0.name != "regression" })
    func predictions(_ c: LiblinearCase) throws {
        let (svm, labels) = try LinearSVM.fromLiblinear(c.model)
        #expect(Set(labels) == Set(c.labels))
        let scores = svm.scores(of: Matrix(c.rows))
        for (row, prediction) in c.predictions.enumerated() {
            let own = labels.indices.max { scores[row, $0] < scores[row, $1] }!
            #expect(Double(labels[own]) == prediction)
            if labels.count == 2 { #expect(scores[row, own] > 0 && scores[row, 1 - own] < 0) }
        }
        // Most are right: a wrong sign would make most wrong.
        #expect(zip(c.labels, c.predictions).count { Double($0) == $1 } > c.labels.count * 3 / 4)
    }

    @Test(
        "what is learnt here is what liblinear's program learns", arguments: ["1 first", "-1 first", "three classes"])
    func sameMachine(_ name: String) throws {
        let c = LiblinearCase.named(name)
        let (theirs, labels) = try LinearSVM.fromLiblinear(c.model)
        let ours = try LinearSVM(
            features: Matrix(c.rows), labels: c.labels.map { labels.firstIndex(of: $0) }, classes: labels.count,
            settings: LinearSVM.Settings(tolerance: 0.001))
        #expect(largestDifference(ours.weights.values, theirs.weights.values) < 5e-3)
        #expect(largestDifference(ours.intercepts, theirs.intercepts) < 5e-3)
    }

    @Test("a regression has no labels, and is refused")
    func regression() throws {
        let model = LiblinearCase.named("regression").model
        #expect(!model.contains("label"))
        let error = try #require(throws: LinearError.self) { try LinearSVM.fromLiblinear(model) }
        #expect(error.code == .file && error.description.contains("L2R_L1LOSS_SVR_DUAL"))
    }

    @Test("what is no model, or not all of one, is refused in a sentence")
    func refused() throws {
        let good = LiblinearCase.named("three classes").model
        func code(_ model: String) -> LinearError.Code? {
            do throws(LinearError) {
                _ = try LinearSVM.fromLiblinear(model)
                return nil
            } catch { return error.code }
        }
        #expect(code(good) == nil)
        #expect(code(LiblinearCase.named("one class").model) == .file)
        #expect(code("") == .file)
        #expect(code("w\n1 2 3") == .file)
        for (part, other) in [
            ("solver_type L2R_L1LOSS_SVC_DUAL", "solver_type SOMETHING"), ("nr_class 3", "nr_class 4"),
            ("nr_class 3\n", ""), ("label 5 2 9", "label 5 2 5"), ("label 5 2 9", "label 5 x 9"), ("label 5 2 9\n", ""),
            ("nr_feature 3", "nr_feature 4"), ("nr_feature 3", "nr_feature 0"), ("nr_feature 3", "nr_feature -3"),
            ("nr_feature 3", "nr_feature 999999999999999999999"), ("nr_feature 3", "nr_feature 2147483646"),
            ("bias 1", "bias -1"), ("bias 1", "bias nan"), ("bias 1\n", ""), ("w\n", ""), ("w\n", "w\nx "),
            ("w\n", "w\n1 "),
        ] {
            let broken = good.replacing(part, with: other)
            #expect(broken != good && code(broken) == .file, "\(part) → \(other)")
        }
        let number = try #require(good.split(separator: "\n").last?.split(separator: " ").first)
        for wrong in ["nan", "inf", "1e300"] {
            #expect(code(good.replacing(number, with: wrong)) == .notFinite)
        }
        // Wherever it was cut off, it is refused.
        for length in stride(from: 0, to: good.utf8.count - 24, by: 3) {
            #expect(code(String(good.prefix(length))) != nil, "\(length)")
        }
    }
}
