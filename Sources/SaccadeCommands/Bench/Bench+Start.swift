import Foundation
import SaccadeCommandSupport
import SaccadeDatasets
import SaccadeImages
import SaccadeTensors

extension Bench {
    /// From nothing to the classes of a first image: each turn is a new process that loads weights and a JPEG.
    func startRow(_ name: String) throws -> BenchRow {
        let peers = try engines.flatMap { engine in
            try Peer.starts(engine, model: name, python: python, folder: scripts)
        }
        let exchange = try PeerExchange(NetworkBenchmark(name, batch: 1, options: compute.planOptions))
        let photo = exchange.path("photo.jpg")
        // As large as a photo usually is.
        try Scenes(seed: 0, size: PixelSize(width: 1024, height: 576)).scene(at: 0).image
            .resized(width: 1920, height: 1080, filter: .bicubic).writeJPEG(to: photo)
        let arguments = [
            "classify", "--arch", name, "--weights", exchange.weights, photo, "--threads", "\(Threads.count)",
        ]
        _ = try ChildProcess(Bench.program, arguments)  // times the kernels, once for this machine
        var ours: [Measurement] = []
        var theirs = peers.map { BenchRow.Peer(name: $0.label) }
        for _ in 0..<(peers.isEmpty ? 1 : rounds) {
            ours.append(
                try Measurement.ofTimes {
                    try (0..<7).map { _ in try ChildProcess(Bench.program, arguments).milliseconds }
                })
            for (index, peer) in peers.enumerated() {
                theirs[index].add(
                    try peer.turn(
                        budget: budget, threads: Threads.count, ["--weights", exchange.weights, "--jpeg", photo]))
            }
        }
        var row = BenchRow(subject: "start:\(name), a process with a first JPEG\(beside)", ours: ours, work: 0)
        row.peers = theirs
        return row
    }
}
