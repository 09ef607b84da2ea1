public import ArgumentParser
import Foundation
public import SaccadeTensors

/// How to compute: the same flags for every command that does.
package struct ComputeOptions: ParsableArguments {
    @Option(help: "Threads to compute with. Default: one for each core that this process may use.")
    package var threads: Int?

    @Option(help: "Precision of multiplications: f32, or bf16 where the CPU supports it and it is faster.")
    package var precision = Precision.float32

    package init() {}

    package func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be from 1 to 1024, got \(threads).")
        }
        guard Plan.supports(precision) else {
            throw ValidationError("This CPU has no bfloat16 support: use --precision f32.")
        }
    }

    package func apply() throws {
        guard let threads else { return }
        if threads > Threads.most {
            Console.note(
                "--threads \(threads): this process may use \(Threads.most) core\(Threads.most == 1 ? "" : "s"), so "
                    + "\(Threads.most) will compute.")
        }
        Threads.set(threads)
    }

    package var planOptions: Plan.Options { Plan.Options(precision: precision) }
}

extension Precision: ExpressibleByArgument {}
