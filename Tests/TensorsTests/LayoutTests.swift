import SaccadeOneDNN
import Testing

@Suite struct LayoutTests {
    @Test("equal layouts are one object for as long as somebody uses it")
    func unique() {
        let (a, b) = (Layout.blocked16([2, 48, 7, 1009]), Layout.rowMajor([2, 48, 7, 1009]))
        #expect(Layout.blocked16([2, 48, 7, 1009]) === a && Layout.rowMajor([2, 48, 7, 1009]) === b)
        #expect(a !== b)
    }

    @Test("of layouts that nobody uses any more not all are remembered")
    func bounded() {
        let kept = (1...10).map { Layout.rowMajor([3, $0, 1013]) }
        let before = Layout.knownCount
        for length in 1...100_000 { _ = Layout.rowMajor([3, length, 1013]) }
        #expect(Layout.knownCount < before + 50_000)
        for (index, layout) in kept.enumerated() { #expect(Layout.rowMajor([3, index + 1, 1013]) === layout) }
    }
}
