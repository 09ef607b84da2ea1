import TestSupport
import Testing

@Suite struct BridgeTests {
    static let check = ToolCheck("check-onednn-v3.sh")

    @Test("the bridge computes with oneDNN 3", .enabled(if: check.wasDone, Comment(rawValue: check.output)))
    func versionThree() {
        #expect(Self.check.status == 0, "\(Self.check.output)")
    }
}
