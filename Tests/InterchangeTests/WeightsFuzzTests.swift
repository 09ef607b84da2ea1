import Foundation
import SaccadeFiles
import SaccadePrelude
import SaccadeTensors
import Testing

@testable import SaccadeInterchange

/// Readers meet files whose bytes were flipped, cut and spliced: 60 000 of them, always the same.
@Suite struct WeightsFuzzTests {
    /// So many damaged files of each kind; `SACCADE_FUZZ` sets another number.
    static let wanted = ProcessInfo.processInfo.environment["SACCADE_FUZZ"].flatMap(Int.init) ?? 12_000

    enum Kind: String, CaseIterable, Sendable {
        case safetensors, archive, pickle, legacy, numpy
    }

    @Test("damaged files of one kind are opened or refused", arguments: Kind.allCases)
    func damaged(_ kind: Kind) throws {
        let folder = try Folder()
        let path = folder.path + "/mutant"
        let originals = try originals(kind, folder)
        var generator = SplitMix64(seed: 1)
        var (opened, refused) = (0, 0)
        for _ in 0..<Self.wanted {
            var bytes = originals.randomElement(using: &generator) ?? []
            for _ in 0..<([1, 1, 1, 2, 4].randomElement(using: &generator) ?? 1) {
                mutate(&bytes, originals.randomElement(using: &generator) ?? [], &generator)
            }
            if kind == .pickle { bytes = Archives.checkpoint(bytes, Self.storages) }
            try write(bytes, to: path)
            do throws(FileError) {
                let file = try WeightsFile(at: path)
                for entry in file.entries where entry.shape.elementCount <= 4096 {
                    let tensor = try file.tensor(entry.name)
                    #expect(tensor.shape == entry.shape)
                    // Reads every number, so that one outside the memory would be noticed.
                    #expect(tensor.scalars.count == entry.shape.elementCount)
                }
                opened += 1
            } catch {
                #expect(error.path == path && !error.reason.isEmpty)
                refused += 1
            }
        }
        #expect(opened + refused == Self.wanted)
        // Most are damaged beyond use, but not all: else nothing behind the headers was met.
        #expect(opened > Self.wanted / 200 && refused > Self.wanted / 4, "\(opened) opened, \(refused) refused")
    }

    /// For pickles whose own archives are made anew, so that their checksums are right.
    private static let storages = (0..<8).map { _ in [UInt8](repeating: 0x3F, count: 96) }

    private func originals(_ kind: Kind, _ folder: Folder) throws -> [[UInt8]] {
        switch kind {
        case .safetensors:
            return try ["types.pth", "nested.pth"].map { name in
                let path = folder.path + "/\(name).safetensors"
                try WeightsFile(at: WeightsFixtures.path(name)).convert(to: path)
                return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
            }
        case .archive:
            return try ["views.pth", "views_wide.pth", "views_deflated.pth", "list.pth"].map(WeightsFixtures.bytes)
        case .pickle:
            return try ["views.pth", "nested.pth", "protocol3.pth", "protocol4.pth", "protocol5.pth"].map { name in
                try Archives.parts(of: WeightsFixtures.path(name)).first { $0.name.hasSuffix("/data.pkl") }?.bytes ?? []
            }
        case .legacy:
            return try ["types_legacy.pth", "views_legacy.pth", "nested_legacy.pth"].map(WeightsFixtures.bytes)
        case .numpy:
            return try ["little_f4.npy", "fortran.npy", "big_i8.npy", "version3.npy", "bool.npy"]
                .map(WeightsFixtures.bytes)
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ other: [UInt8], _ generator: inout SplitMix64) {
        guard bytes.count > 2, !other.isEmpty else { return }
        // Half of the damage in the first bytes, where every one has a meaning.
        let reach = Bool.random(using: &generator) ? min(128, bytes.count) : bytes.count
        let at = Int.random(in: 0..<reach, using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
        case 3: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...16, using: &generator)))
        case 4: bytes = Array(bytes[..<at] + other.suffix(Int.random(in: 0...other.count, using: &generator)))
        case 5: bytes.removeSubrange(at...)
        default: bytes.insert(contentsOf: other.prefix(256).suffix(Int.random(in: 1...32, using: &generator)), at: at)
        }
    }

    /// Without the costs of being safe.
    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }
}
