// swift-tools-version:6.2
import Foundation
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Commands read options and print: what computes is below them. Unoptimised they compile three times as fast, at the
// end of a build, where nothing is left to compile beside them. No library of this package has such a flag.
let program: [SwiftSetting] = strict + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

// FFmpeg's libraries are optional: where their headers are not, or SACCADE_FFMPEG is 0, videos are refused with a sentence.
// SwiftPM remembers what this file came to by its text and the environment alone, so ./saccade and ./test put what they
// find into that variable.
let hasFFmpeg =
    Context.environment["SACCADE_FFMPEG"] != "0"
    && ["libavformat/avformat.h", "libavcodec/avcodec.h", "libswscale/swscale.h"].allSatisfy { header in
        [
            "/usr/include", "/usr/include/x86_64-linux-gnu", "/usr/include/aarch64-linux-gnu", "/usr/local/include",
            "/opt/homebrew/include",
        ].contains { FileManager.default.fileExists(atPath: "\($0)/\(header)") }
    }

let package = Package(
    name: "saccade",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Saccade", targets: ["Saccade"]),
        .executable(name: "saccade", targets: ["SaccadeCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    ],
    targets: [
        // What everything stands on: how a wrong program ends, and numbers that a seed repeats.
        .target(name: "SaccadePrelude", swiftSettings: strict),

        // Files in and out, and what goes wrong with them.
        .systemLibrary(
            name: "CSaccadeZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "SaccadeFiles", dependencies: ["CSaccadeZlib"], swiftSettings: strict),

        // Settings with their lines, decoded strictly.
        .target(
            name: "SaccadeSettings",
            dependencies: ["SaccadePrelude", "SaccadeFiles", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),

        // The engine: oneDNN behind a bridge that hides its versions, and our own loops beside it.
        .target(name: "CSaccadeThreads"),
        .target(
            name: "CSaccadeOneDNN", dependencies: ["CSaccadeThreads"], linkerSettings: [.linkedLibrary("dnnl")]),
        .target(name: "CSaccadeKernels", dependencies: ["CSaccadeThreads"]),
        .target(name: "SaccadeOneDNN", dependencies: ["CSaccadeOneDNN"], swiftSettings: strict),
        .target(
            name: "SaccadeTensors",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeOneDNN", "CSaccadeKernels", "CSaccadeThreads",
            ],
            swiftSettings: strict),
        .target(
            name: "SaccadeLayers", dependencies: ["SaccadePrelude", "SaccadeTensors", "SaccadeSettings"],
            swiftSettings: strict),
        .target(
            name: "SaccadeInterchange", dependencies: ["SaccadeFiles", "SaccadeTensors", "SaccadeLayers"],
            swiftSettings: strict),
        // Networks in ONNX's files: apart from the other files of tensors, which need no Protocol Buffers.
        .target(
            name: "SaccadeONNX",
            dependencies: [
                "SaccadeFiles", "SaccadeTensors", "SaccadeLayers",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Format/onnx.proto"], swiftSettings: strict),

        // Plain values: boxes, masks, and what is measured with them.
        .target(
            name: "SaccadeGeometry", dependencies: ["SaccadePrelude", "CSaccadeKernels"], swiftSettings: strict),
        .target(name: "SaccadeMetrics", dependencies: ["SaccadePrelude", "SaccadeGeometry"], swiftSettings: strict),

        // Pictures.
        .target(
            name: "CSaccadeImageCodecs",
            linkerSettings: [
                .linkedLibrary("turbojpeg"), .linkedLibrary("png"), .linkedLibrary("webp"),
                .linkedLibrary("webpdemux"), .linkedLibrary("gif"), .linkedLibrary("tiff"),
            ]),
        .target(
            name: "SaccadeImages",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeSettings", "SaccadeGeometry", "CSaccadeImageCodecs",
            ],
            swiftSettings: strict),
        .target(
            name: "CSaccadeVideo", cSettings: hasFFmpeg ? [.define("SACCADE_FFMPEG")] : [],
            linkerSettings: (hasFFmpeg ? ["avformat", "avcodec", "swscale", "avutil"] : []).map { .linkedLibrary($0) }),
        .target(
            name: "SaccadeVideo",
            dependencies: ["SaccadePrelude", "SaccadeFiles", "SaccadeImages", "CSaccadeVideo"], swiftSettings: strict),
        .systemLibrary(
            name: "CSaccadeCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"]), .brew(["cairo"])]),
        .target(
            name: "SaccadeDrawing",
            dependencies: ["SaccadePrelude", "SaccadeFiles", "SaccadeGeometry", "SaccadeImages", "CSaccadeCairo"],
            swiftSettings: strict),

        // Boxes that may hold an object, from colours and textures alone.
        .target(
            name: "SaccadeProposals",
            dependencies: ["SaccadePrelude", "SaccadeGeometry", "SaccadeImages", "CSaccadeThreads"],
            swiftSettings: strict),

        // Before networks: linear models learnt from any features, and features made by hand.
        .target(name: "CSaccadeLinear", linkerSettings: [.linkedLibrary("linear")]),
        .target(
            name: "CSaccadeLAPACK",
            linkerSettings: [
                .linkedLibrary("lapacke", .when(platforms: [.linux])),
                .linkedLibrary("blas", .when(platforms: [.linux])),
                .linkedLibrary("openblas", .when(platforms: [.macOS])),
            ]),
        .target(
            name: "SaccadeLinear",
            dependencies: ["SaccadePrelude", "CSaccadeKernels", "CSaccadeLinear", "CSaccadeLAPACK"],
            swiftSettings: strict),
        .target(
            name: "SaccadeFeatures",
            dependencies: [
                "SaccadePrelude", "SaccadeGeometry", "SaccadeImages", "SaccadeLinear", "CSaccadeKernels",
                "CSaccadeThreads",
            ],
            swiftSettings: strict),

        // Networks, data, training.
        .target(
            name: "SaccadeModels",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeGeometry", "SaccadeTensors", "SaccadeLayers",
                "SaccadeSettings", "SaccadeImages", "SaccadeFeatures", "SaccadeLinear",
            ],
            resources: [.embedInCode("BuiltIn")], swiftSettings: strict),
        // Large files of annotations.
        .target(name: "CSaccadeJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "SaccadeDatasets",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeGeometry", "SaccadeImages", "SaccadeVideo", "SaccadeSettings",
                "CSaccadeJSON", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        // From samples to batches of tensors. Apart from the data, which know no tensors.
        .target(
            name: "SaccadeLoading",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeTensors", "SaccadeGeometry", "SaccadeImages", "SaccadeVideo",
                "SaccadeDatasets",
            ],
            swiftSettings: strict),
        // Weights that others have published, and how to get them.
        .systemLibrary(
            name: "CSaccadeCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        // Weights that come with the program, as bytes in it.
        .target(
            name: "CSaccadeShippedWeights",
            exclude: ["scenes-segmentation.safetensors", "faster-rcnn-scenes.safetensors"]),
        .target(
            name: "SaccadeWeights",
            dependencies: [
                "SaccadeFiles", "SaccadeSettings", "SaccadeImages", "CSaccadeCrypto", "CSaccadeShippedWeights",
            ],
            resources: [.embedInCode("imagenet-classes.txt")], swiftSettings: strict),
        .target(
            name: "SaccadeTraining",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeTensors", "SaccadeLayers", "SaccadeModels",
                "SaccadeInterchange", "SaccadeONNX",
                "SaccadeGeometry", "SaccadeImages", "SaccadeVideo", "SaccadeProposals", "SaccadeLinear",
                "SaccadeFeatures",
                "SaccadeDatasets",
                "SaccadeLoading",
                "SaccadeWeights", "SaccadeSettings", "SaccadeMetrics", "CSaccadeKernels",
            ],
            swiftSettings: strict),

        // Runs as people look at them: index, curves, reports.
        .systemLibrary(
            name: "CSaccadeSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .target(
            name: "SaccadeRuns",
            dependencies: [
                "SaccadeFiles", "SaccadeGeometry", "SaccadeMetrics", "SaccadeTraining", "SaccadeDrawing",
                "CSaccadeSQLite",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["TensorBoard/event.proto"], swiftSettings: strict),

        // The program: what all commands share, and two halves of them, which compile side by side. Only the commands
        // that keep runs need the registry.
        .target(
            name: "SaccadeCommandSupport",
            dependencies: [
                "SaccadeFiles", "SaccadeTensors", "SaccadeLayers", "SaccadeInterchange", "SaccadeModels",
                "SaccadeSettings",
                "SaccadeImages", "SaccadeTraining", "SaccadeDrawing",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: program),
        .target(
            name: "SaccadeCommands",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeTensors", "SaccadeLayers", "SaccadeInterchange",
                "SaccadeONNX", "SaccadeModels", "SaccadeGeometry", "SaccadeMetrics", "SaccadeSettings",
                "SaccadeDatasets",
                "SaccadeLoading", "SaccadeImages", "SaccadeProposals", "SaccadeWeights", "SaccadeTraining",
                "SaccadeDrawing",
                "SaccadeCommandSupport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: program),
        .target(
            name: "SaccadeRunCommands",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeTensors", "SaccadeLayers", "SaccadeModels", "SaccadeGeometry",
                "SaccadeMetrics", "SaccadeSettings", "SaccadeDatasets", "SaccadeImages", "SaccadeTraining",
                "SaccadeDrawing",
                "SaccadeWeights", "SaccadeRuns", "SaccadeCommandSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: program),
        .executableTarget(
            name: "SaccadeCLI",
            dependencies: [
                "SaccadeTensors", "SaccadeSettings", "SaccadeCommandSupport", "SaccadeCommands", "SaccadeRunCommands",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: program),
        .target(
            name: "Saccade",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeTensors", "SaccadeLayers", "SaccadeInterchange",
                "SaccadeONNX",
                "SaccadeGeometry", "SaccadeImages", "SaccadeVideo", "SaccadeDrawing", "SaccadeModels",
                "SaccadeDatasets", "SaccadeLoading",
                "SaccadeWeights", "SaccadeTraining", "SaccadeMetrics", "SaccadeProposals", "SaccadeFeatures",
                "SaccadeLinear",
            ]),

        .target(
            name: "TestSupport",
            dependencies: ["SaccadePrelude", "SaccadeTensors", "SaccadeLayers", "SaccadeImages"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(name: "FilesTests", dependencies: ["SaccadeFiles"], swiftSettings: strict),
        .testTarget(
            name: "TensorsTests",
            dependencies: [
                "SaccadePrelude", "SaccadeOneDNN", "SaccadeTensors", "CSaccadeKernels", "CSaccadeThreads",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LayersTests",
            dependencies: [
                "SaccadePrelude", "SaccadeTensors", "SaccadeLayers", "SaccadeInterchange", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "InterchangeTests",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeTensors", "SaccadeLayers", "SaccadeInterchange",
                "SaccadeImages", "TestSupport", "CSaccadeZlib",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WeightsTests", dependencies: ["SaccadeFiles", "SaccadeImages", "SaccadeWeights"],
            swiftSettings: strict),
        .testTarget(
            name: "ONNXTests",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeInterchange", "SaccadeONNX", "SaccadeTensors",
                "SaccadeLayers",
                "SaccadeModels", "TestSupport",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "GeometryTests", dependencies: ["SaccadePrelude", "SaccadeGeometry"], swiftSettings: strict),
        .testTarget(
            name: "MetricsTests", dependencies: ["SaccadeGeometry", "SaccadeMetrics", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ImagesTests", dependencies: ["SaccadeFiles", "SaccadeGeometry", "SaccadeImages", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "VideoTests",
            dependencies: ["SaccadeFiles", "SaccadeImages", "SaccadeVideo", "CSaccadeVideo", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "DrawingTests",
            dependencies: [
                "SaccadeFiles", "SaccadeGeometry", "SaccadeImages", "SaccadeDrawing",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DatasetsTests",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeTensors", "SaccadeGeometry", "SaccadeImages", "SaccadeVideo",
                "SaccadeDatasets", "SaccadeLoading", "TestSupport", "CSaccadeZlib",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FeaturesTests",
            dependencies: [
                "SaccadePrelude", "SaccadeGeometry", "SaccadeMetrics", "SaccadeImages", "SaccadeDatasets",
                "SaccadeFeatures", "SaccadeLinear", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LinearTests", dependencies: ["SaccadePrelude", "SaccadeLinear"], swiftSettings: strict),
        .testTarget(
            name: "ProposalsTests",
            dependencies: [
                "SaccadePrelude", "SaccadeGeometry", "SaccadeImages", "SaccadeProposals", "CSaccadeThreads",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ModelsTests",
            dependencies: [
                "SaccadePrelude", "SaccadeTensors", "SaccadeLayers", "SaccadeInterchange", "SaccadeModels",
                "SaccadeSettings",
                "SaccadeFeatures", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CLITests",
            dependencies: [
                "SaccadePrelude", "SaccadeCLI", "SaccadeCommandSupport", "SaccadeCommands", "SaccadeRunCommands",
                "SaccadeFiles", "SaccadeTensors", "SaccadeLayers", "SaccadeInterchange",
                "SaccadeONNX",
                "SaccadeModels", "SaccadeDrawing", "SaccadeDatasets", "SaccadeLoading", "SaccadeImages",
                "SaccadeGeometry", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .target(
            name: "TrainingTestSupport",
            dependencies: [
                "SaccadePrelude", "SaccadeTensors", "SaccadeLayers", "SaccadeDatasets", "SaccadeLoading",
                "SaccadeTraining",
            ],
            path: "Tests/TrainingTestSupport", swiftSettings: strict),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "SaccadePrelude", "SaccadeFiles", "SaccadeTensors", "SaccadeLayers", "SaccadeModels", "SaccadeImages",
                "SaccadeInterchange", "SaccadeONNX", "SaccadeSettings", "SaccadeDatasets", "SaccadeLoading",
                "SaccadeTraining", "SaccadeWeights", "SaccadeLinear",
                "SaccadeMetrics", "SaccadeGeometry", "SaccadeProposals", "TestSupport", "TrainingTestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RunsTests",
            dependencies: [
                "SaccadeFiles", "SaccadeMetrics", "SaccadeDrawing", "SaccadeRuns", "SaccadeTraining",
                "TrainingTestSupport", "CSaccadeSQLite",
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
