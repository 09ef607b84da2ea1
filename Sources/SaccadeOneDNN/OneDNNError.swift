import CSaccadeOneDNN

/// A oneDNN call that did not succeed.
package struct OneDNNError: Error, CustomStringConvertible {
    /// The function of the bridge that failed.
    package let function: StaticString
    /// The `dnnl_status_t` it returned, such as 3 for `dnnl_unimplemented`.
    package let status: Int32

    package var description: String { "\(function) returned oneDNN status \(status)" }
}

/// Throws unless `status` is success.
func check(_ function: StaticString, _ status: Int32) throws(OneDNNError) {
    guard status == 0 else { throw OneDNNError(function: function, status: status) }
}

/// What this process computes with.
package enum Library {
    /// The version of the oneDNN that is loaded, such as `2.6.3`.
    package static var version: String {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        sdnn_version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }

    /// Whether the processor multiplies bfloat16 numbers in hardware.
    package static var hasBFloat16: Bool { sdnn_has_bf16() != 0 }
}
