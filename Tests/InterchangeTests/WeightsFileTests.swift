import Foundation
import SaccadeFiles
import SaccadeInterchange
import SaccadeLayers
import SaccadePrelude
import SaccadeTensors
import TestSupport
import Testing

@Suite struct WeightsFileTests {
    @Test("what PyTorch and NumPy wrote is read as they read it", arguments: WeightsFixtures.expected.keys.sorted())
    func fixtures(name: String) throws {
        let file = try WeightsFile(at: WeightsFixtures.path(name))
        let expected = try #require(WeightsFixtures.expected[name])
        try WeightsFixtures.check(file, against: expected)
        let isLegacy = name.contains("legacy")
        #expect(file.format == (name.hasSuffix(".npy") ? .numpy : isLegacy ? .pytorchLegacy : .pytorch))
    }

    @Test("there are fixtures")
    func fixturesAreThere() { #expect(WeightsFixtures.expected.count > 40) }

    @Test("numbers and texts beside the weights are kept", arguments: ["nested.pth", "nested_legacy.pth"])
    func notes(name: String) throws {
        let notes = try WeightsFile(at: WeightsFixtures.path(name)).metadata
        #expect(notes == ["epoch": "12", "best_prec1": "91.5", "arch": "resnet20", "count": "7", "flag": "true"])
    }

    @Test(
        "a global that builds no tensor is refused by its name, and nothing is run",
        arguments: [
            ("module.pth", "torch.nn.modules.linear.Linear"), ("evil.pth", "posix.system"),
            ("evil_legacy.pth", "posix.system"),
        ])
    func globals(name: String, global: String) throws {
        let error = #expect(throws: FileError.self) { try WeightsFile(at: WeightsFixtures.path(name)) }
        #expect(error?.code == .unsupported)
        #expect(error?.reason.contains(global) == true && error?.remedy.contains("state_dict") == true)
        #expect(!FileManager.default.fileExists(atPath: "/tmp/saccade-was-here"))
    }

    @Test(
        "arrays that hold no real numbers are refused by what they hold",
        arguments: [("complex.npy", "c16"), ("records.npy", "records"), ("text.npy", "U1"), ("objects.npy", "objects")])
    func noNumbers(name: String, what: String) {
        let error = #expect(throws: FileError.self) { try WeightsFile(at: WeightsFixtures.path(name)) }
        #expect(error?.code == .unsupported && error?.reason.contains(what) == true)
    }

    @Test("every reference file of weights opens")
    func references() throws {
        let names = [
            "lpips_v0.1/alex.pth", "lpips_v0.1/squeeze.pth", "lpips_v0.1/vgg.pth", "mtcnn_facenet_pytorch/pnet.pt",
            "mtcnn_facenet_pytorch/rnet.pt", "mtcnn_facenet_pytorch/onet.pt",
            "mtcnn_facenet_pytorch/expected_pnet_test1_prob.npy", "pytorch_resnet_cifar10/resnet20-12fca82f.th",
            "pytorch_resnet_cifar10/resnet20_resaved_zip.pth", "pytorch_resnet_cifar10/resnet20_resaved.safetensors",
        ]
        guard ReferenceData.has("weights/lpips_v0.1") else { return print("skipped: \(ReferenceData.missing)") }
        for name in names {
            let file = try WeightsFile(at: ReferenceData.path("weights/\(name)"))
            #expect(!file.entries.isEmpty)
            for entry in file.entries {
                let statistics = try file.statistics(of: entry.name)
                #expect(statistics.infinities + statistics.notNumbers == 0, "\(name): \(entry.name)")
            }
        }
        // README: 97 tensors, 269 722 parameters; the file says how well they did.
        let old = try WeightsFile(at: ReferenceData.path("weights/pytorch_resnet_cifar10/resnet20-12fca82f.th"))
        #expect(old.entries.count == 97 && old.format == .pytorchLegacy)
        #expect(old.metadata["best_prec1"]?.hasPrefix("91.78") == true)
        let learnt = old.entries.filter { !$0.name.contains("running_") }
        #expect(learnt.map(\.shape.elementCount).reduce(0, +) == 269_722)
        for other in ["resnet20_resaved_zip.pth", "resnet20_resaved.safetensors"] {
            let file = try WeightsFile(at: ReferenceData.path("weights/pytorch_resnet_cifar10/\(other)"))
            #expect(Set(file.entries) == Set(old.entries))
            for entry in old.entries {
                #expect(try file.tensor(entry.name).scalars == old.tensor(entry.name).scalars)
            }
        }
        for unknown in ["mlperf_tiny_ic/pretrainedResnet.h5", "mlperf_tiny_ic/pretrainedResnet_quant.tflite"] {
            let error = #expect(throws: FileError.self) {
                try WeightsFile(at: ReferenceData.path("weights/\(unknown)"))
            }
            #expect(error?.code == .unsupported)
        }
    }

    @Test("loading is strict, with the names that may be meant; a part must be asked for")
    func loading() throws {
        let folder = try Folder()
        var generator = SplitMix64(seed: 1)
        let network = Sequential {
            Linear(in: 3, out: 2, using: &generator)
            BatchNorm2D(2)
        }
        var tensors = network.storedTensors.map {
            (name: "module." + $0.name, tensor: Tensor.ramp($0.tensor.shape, seed: 5))
        }
        tensors[0].name = "module.0.weigth"
        tensors[1].tensor = .ramp([3])
        tensors.append(("module.head.bias", .ramp([7])))
        for path in [folder.path + "/a.pth", folder.path + "/a.safetensors"] {
            try WeightsFile.write(tensors, to: path)
            let before = network.storedTensors
            let file = try WeightsFile(at: path)
            let error = try #require(throws: LoadingError.self) { try network.load(file) }
            #expect(error.missing == ["0.weight"] && error.unexpected == ["0.weigth", "head.bias"])
            #expect(error.misshapen == [.init(name: "0.bias", expected: [2], found: [3])])
            #expect(error.description.contains("0.weight (is it 0.weigth?)"))
            #expect(network.storedTensors.map(\.tensor.scalars) == before.map(\.tensor.scalars))
            #expect(try network.loadPart(of: file) == error)
            #expect(network.storedTensors[0].tensor.scalars == before[0].tensor.scalars)
            #expect(network.storedTensors[2].tensor.scalars == tensors[2].tensor.scalars)
        }
        try WeightsFile.write([("other", .ramp([1]))], to: folder.path + "/b.pth")
        let nothing = try WeightsFile(at: folder.path + "/b.pth")
        #expect(throws: LoadingError.self) { try network.loadPart(of: nothing) }
    }

    @Test("what is no file of weights is refused, with what it is")
    func noFile() throws {
        let folder = try Folder()
        func code(_ bytes: [UInt8], _ name: String = "x") throws -> FileError.Code? {
            try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "/" + name))
            return #expect(throws: FileError.self) { try WeightsFile(at: folder.path + "/" + name) }?.code
        }
        #expect(try code([]) == .empty)
        #expect(try code(Array("hello, world; this is a text".utf8)) == .unknownFormat)
        #expect(try code([0x80, 4, 0x95, 0, 0, 0]) == .unsupported)
        #expect(try code(Array("PK\u{3}\u{4}".utf8)) == .truncated)
        #expect(try code([1, 2, 3], "x.safetensors") == .truncated)
        #expect(#expect(throws: FileError.self) { try WeightsFile(at: folder.path) }?.code == .notAFile)
        #expect(#expect(throws: FileError.self) { try WeightsFile(at: folder.path + "/no") }?.code == .missing)
    }

    @Test("statistics are those of the definition")
    func statistics() throws {
        let folder = try Folder()
        var numbers = (0..<100_003).map { Float(($0 * 7919) % 1000) / 10 - 20 }
        numbers[5] = .nan
        numbers[6] = .infinity
        numbers[7] = -.infinity
        try WeightsFile.write([("x", Tensor(numbers, shape: [numbers.count])), ("none", .ramp([0]))], to: folder.file)
        let file = try WeightsFile(at: folder.file)
        let found = try file.statistics(of: "x")
        let finite = numbers.filter(\.isFinite).map(Double.init)
        let mean = finite.reduce(0, +) / Double(finite.count)
        let variance = finite.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(finite.count)
        #expect(abs(found.mean - mean) < 1e-9 && abs(found.deviation - variance.squareRoot()) < 1e-9)
        #expect(found.minimum == finite.min() && found.maximum == finite.max())
        #expect(found.count == numbers.count && found.notNumbers == 1 && found.infinities == 2)
        #expect(found.zeros == finite.count { $0 == 0 })
        let nothing = try file.statistics(of: "none")
        #expect(nothing.count == 0 && nothing.minimum == nil && nothing.deviation == 0 && nothing.zeroFraction == 0)
    }
}
