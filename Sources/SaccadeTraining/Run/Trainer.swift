import Foundation
import SaccadeDatasets
import SaccadeFiles
import SaccadeImages
import SaccadeInterchange
import SaccadeLayers
public import SaccadeLoading
import SaccadeMetrics
import SaccadeTensors

/// Trains a network for a task: the loop, which knows no task.
///
/// It runs on the thread that calls it, from beginning to end; see ``ComputeThread``. What it arrives at depends on the
/// run's description, the network's first weights and the batches alone: not on the clock, nor on how often it was
/// killed and resumed on the way.
public final class Trainer<Task: LearningTask> {
    let task: Task
    let network: Task.Learner
    private let training: any BatchSource<Task.Batch>
    private let validation: (any BatchSource<Task.Batch>)?
    let run: RunFolder
    private let observer: (any TrainingObserver)?

    private let settings: TrainingSettings
    /// What is restored when a step fails, which must leave no trace.
    private let buffers: [Buffer]
    private let carried: [CarriedState]
    /// Parameters that stay as they are in this epoch.
    private var frozen: Set<Parameter> = []
    private let optimizer: any Optimizer
    private let average: WeightEMA?
    private var accumulated: GradientAccumulator
    private var rate: LearningRate
    private var position = TrainingPosition()
    private var lastCheckpoint = ContinuousClock.now
    private var waiting = WaitingTime()
    /// The next epoch's batches, which are made ready while this epoch is judged.
    private var upcoming: BatchStream<Task.Batch>?

    /// - Parameters:
    ///   - task: What it learns.
    ///   - network: Its parameters are changed.
    ///   - training: What it learns from.
    ///   - validation: What it is judged by after each epoch; without it the training samples must do.
    ///   - run: Where everything is kept; settings are its description's.
    ///   - observer: Told of the progress.
    /// - Throws: ``RunError`` when there are no samples to learn from, the network cannot learn the task, all of it
    ///   is frozen, or the processor does not have the precision.
    public init(
        _ task: Task, _ network: Task.Learner, training: any BatchSource<Task.Batch>,
        validation: (any BatchSource<Task.Batch>)?, run: RunFolder, observer: (any TrainingObserver)? = nil
    ) throws(RunError) {
        guard training.batchesPerEpoch > 0 else {
            throw RunError(.noSamples, "\(run.description.data): there are no samples to learn from; add some.")
        }
        if let problem = task.problem(with: network) {
            throw RunError(.different, "\(run.description.data): \(problem).")
        }
        self.task = task
        self.network = network
        self.training = training
        self.validation = validation.flatMap { $0.samplesPerEpoch > 0 ? $0 : nil }
        self.run = run
        self.observer = observer
        let settings = run.description.settings
        self.settings = settings
        buffers = network.buffers.map(\.buffer)
        carried = network.carriedStates.map(\.state)
        let parameters = network.parameters
        let trained = parameters.filter { !settings.freezes($0.name) }
        guard !trained.isEmpty else {
            throw RunError(
                .different, "\(run.path): every parameter of the network is frozen; leave out the last layer’s.")
        }
        guard Plan.supports(settings.precision) else {
            throw RunError(
                .different,
                "\(run.path): this processor does not multiply \(settings.precision.rawValue) numbers; train with "
                    + "--set training.precision=f32.")
        }
        optimizer = settings.optimizer(for: trained, heads: network.heads)
        average = settings.ema.map { WeightEMA(of: trained, decay: $0.decay) }
        accumulated = GradientAccumulator(optimizer.parameters.map(\.parameter))
        rate = LearningRate(
            settings.learningRate, settings.schedule, epochs: settings.epochs,
            batchesPerEpoch: training.batchesPerEpoch, accumulation: settings.accumulation)
    }

    /// Trains to the end, from the run's checkpoint if it has one.
    ///
    /// - Returns: The records of all epochs, those before a resumption included.
    /// - Throws: ``RunError`` when a loss or gradient is not finite, or the checkpoint does not fit; what the sources
    ///   throw; `FileError` when a file cannot be written. Every file is then as the last checkpoint left it. A
    ///   ``RunError`` with the code `stopped` when the observer wanted that.
    @discardableResult
    public func train() throws -> [EpochRecord] {
        if Path(run.checkpointPath).exists {
            position = try Checkpoint.restore(
                from: run.checkpointPath, network: network, optimizer: optimizer, average: average)
            rate.plateau = position.plateau
            guard position.samplesPerEpoch == training.samplesPerEpoch else {
                throw RunError(
                    .different,
                    "\(run.description.data): there are \(training.samplesPerEpoch) samples to learn from; the run was "
                        + "begun with \(position.samplesPerEpoch). Resume it with the data that it was begun with.")
            }
            guard (0..<1 << 20).contains(position.epoch), (0...training.batchesPerEpoch).contains(position.batch),
                position.metricsLength >= 0
            else {
                throw RunError(
                    .damaged,
                    "\(run.checkpointPath): the checkpoint’s position is outside this training; start a new run.")
            }
        }
        position.samplesPerEpoch = training.samplesPerEpoch
        run.removeCheckpoints(except: position.epoch, keeping: settings.keepLast)
        try JSONLines(path: run.metricsPath).truncate(to: position.metricsLength)
        observer?.began(run)
        defer { upcoming = nil }
        do {
            if position.epoch < epochs, !isOutOfPatience { try tryValidation() }
            while position.epoch < epochs, !isOutOfPatience {
                waiting.beginEpoch()
                let samples = try learnEpoch()
                try finishEpoch(took: waiting.sinceBeginning, samples: samples)
            }
        } catch {
            observer?.ended(error)
            throw error
        }
        observer?.ended(nil)
        return EpochRecord.read(fromRunAt: run.path)
    }

    /// Passes over the samples that learn by gradients.
    private var epochs: Int { Task.isSolvedFor ? 0 : settings.epochs }

    /// Whether validation has not become better for long enough.
    private var isOutOfPatience: Bool {
        guard let patience = settings.patience, let best = position.best else { return false }
        return position.epoch - best.epoch >= patience
    }

    /// Judges a few batches before there is anything to judge: a validation image that cannot be read, or memory
    /// that does not suffice, should not come to light only after hours of learning. Their memory is then there to
    /// stay.
    private func tryValidation() throws {
        guard let validation else { return }
        _ = try evaluate(task, Runner(network), over: FirstBatches(of: validation, count: 4))
    }

    /// Learns from the rest of an epoch.
    ///
    /// - Returns: How many samples that was.
    private func learnEpoch() throws -> Int {
        frozen = Set(
            network.parameters.filter { settings.freezes($0.name, inEpoch: position.epoch) }.map(\.parameter))
        let next = waiting.measured {
            upcoming.take() ?? training.batches(ofEpoch: position.epoch, from: position.batch)
        }
        var samples = 0
        while let batch = try waiting.next(next) {
            waiting.startsCounting()
            try learn(batch)
            samples += batch.count
            position.batch += 1
            let isStep = position.batch % settings.accumulation == 0 || position.batch == training.batchesPerEpoch
            if isStep { try step() }
            report(.training, position.loss.count, training.samplesPerEpoch, position.loss.value)
            let isDue = lastCheckpoint.duration(to: .now) >= .seconds(settings.checkpointMinutes * 60)
            // Between two steps there are accumulated gradients that a checkpoint does not hold.
            if isDue, isStep, position.batch < training.batchesPerEpoch { try saveCheckpoint() }
            if isStep, observer?.wantsStop ?? false { try stop() }
        }
        return samples
    }

    /// Keeps what has been learnt, and ends the training.
    private func stop() throws {
        try saveCheckpoint()
        throw RunError(
            .stopped,
            "\(run.path): stopped in epoch \(position.epoch + 1), after batch \(position.batch) of "
                + "\(training.batchesPerEpoch); everything learnt is kept, and --resume goes on from here.")
    }

    /// Adds a batch to what the next step is made of.
    private func learn(_ batch: Task.Batch) throws {
        // The forward pass changes running averages; a step that fails must leave no trace in them.
        let averages = buffers.map { ($0, $0.value) }
        let states = carried.map { ($0, $0.tensors) }
        var losses: Losses?
        let (loss, gradients) = withGradients(except: frozen, precision: settings.precision) {
            let found = task.losses(of: network, on: batch)
            losses = found
            return found.total
        }
        let norm = gradients.norm(of: optimizer.parameters.map(\.parameter))
        guard loss.item.isFinite, norm.isFinite else {
            for (buffer, value) in averages { buffer.assign(value) }
            for (state, tensors) in states { state.tensors = tensors }
            guard settings.stopsWhenNotFinite else {
                position.skippedSteps += 1
                return
            }
            let search = NonFinite(network: network, batch: batch)
            throw notFinite(search.firstPlace(loss: loss.item, gradients: gradients), batch)
        }
        if settings.accumulation == 1 {
            step(gradients, norm: norm, batch: position.batch)
        } else {
            accumulated.add(gradients, samples: batch.count)
        }
        position.loss.add(Double(loss.item), count: batch.count)
        guard let losses else { return }
        for (metric, part) in losses.parts {
            position.measures[metric, default: RunningMean()].add(Double(part.item), count: batch.count)
        }
        for (metric, mean) in losses.measures() { position.measures[metric, default: RunningMean()] += mean }
    }

    /// Makes a step with the gradients that were accumulated.
    private func step() throws {
        guard !accumulated.isEmpty else { return }
        let gradients = accumulated.takeMean()
        let norm = gradients.norm(of: optimizer.parameters.map(\.parameter))
        // Each batch's gradients were finite; their sum may be beyond what a float can hold.
        guard norm.isFinite else {
            guard settings.stopsWhenNotFinite else {
                position.skippedSteps += 1
                return
            }
            throw notFinite("the accumulated gradients are not finite", nil)
        }
        step(gradients, norm: norm, batch: position.batch - 1)
    }

    private func step(_ gradients: Gradients, norm: Double, batch: Int) {
        optimizer.learningRate = rate(batch: position.epoch * training.batchesPerEpoch + batch)
        optimizer.step(gradients, after: GradientChange(settings.clipping, norm: norm))
        average?.update()
    }

    /// Calls `body` while the network has the weights that are judged and kept: the moving average, where there is one.
    private func withEMAWeights<Result>(_ body: () throws -> Result) rethrows -> Result {
        if let average { try average.withEMAWeights(body) } else { try body() }
    }

    private func notFinite(_ place: String, _ batch: Task.Batch?) -> RunError {
        let moment = "epoch \(position.epoch + 1), batch \(position.batch + 1)"
        let files = batch.map { " The batch: \($0.names.joined(separator: ", "))." } ?? ""
        let checkpoint =
            Path(run.checkpointPath).exists
            ? "The last good checkpoint is \(run.checkpointPath)." : "There is no checkpoint yet."
        return RunError(
            .notFinite,
            "\(run.path): training stopped in \(moment): \(place). A lower learning rate or a bound for gradients "
                + "often helps.\(files) \(checkpoint)")
    }

    /// Validates, and puts everything that an epoch came to on the disk.
    private func finishEpoch(took duration: Duration, samples: Int) throws {
        let epoch = position.epoch + 1
        if epoch < settings.epochs { upcoming = training.batches(ofEpoch: epoch, from: 0) }
        let judging = ContinuousClock.now
        let isJudged = epoch % settings.validateEvery == 0 || epoch == settings.epochs || self.validation == nil
        let validation = isJudged ? try validated() : [:]
        let judged = judging.duration(to: .now)
        var record = EpochRecord(
            epoch: epoch, learningRate: optimizer.learningRate,
            training: position.measures.mapValues(\.value).merging([.loss: position.loss.value]) { $1 },
            validation: validation, skippedSteps: position.skippedSteps)
        let result = TrainingPosition.Best(
            epoch: epoch, loss: record[.loss] ?? position.loss.value, score: run.description.monitor.score(of: record))
        if isJudged {
            record.isBest = position.best.map { result.isBetter(than: $0) } ?? true
            rate.observe(loss: result.loss)
        }
        try keep(record, result)
        try JSONLines(path: run.timingsPath).append(
            EpochTiming(
                epoch: epoch, seconds: duration / .seconds(1), samples: samples, waited: waiting.waited / .seconds(1),
                validating: judged / .seconds(1), ended: Date().timeIntervalSince1970, peakMemory: ProcessMemory.peak))
        observer?.finished(record)
    }

    /// The metrics of the validation samples; none where there are no samples.
    private func validated() throws -> [Metric: Double] {
        guard let validation else { return [:] }
        let score = try withEMAWeights {
            try evaluate(task, Runner(network), over: validation) { done in
                report(.validating, done, validation.samplesPerEpoch, position.loss.value)
            }
        }
        let metrics = score.metrics
        guard metrics[.loss]?.isFinite ?? true || !settings.stopsWhenNotFinite else {
            throw notFinite("the loss of the validation samples is \(metrics[.loss] ?? .nan)", nil)
        }
        return metrics
    }

    /// Writes down what an epoch came to. The checkpoint is written last: until it is there, a resumed run makes this
    /// epoch again, and the same files.
    private func keep(_ record: EpochRecord, _ result: TrainingPosition.Best) throws {
        if record.isBest { try withEMAWeights { try saveBest(record) } }
        let length = try JSONLines(path: run.metricsPath).append(record)
        position = TrainingPosition(
            samplesPerEpoch: training.samplesPerEpoch, epoch: record.epoch,
            best: record.isBest ? result : position.best, plateau: rate.plateau, metricsLength: length)
        if settings.keepLast > 1 { try writeCheckpoint(to: run.checkpointPath(ofEpoch: position.epoch)) }
        try saveCheckpoint()
        run.removeCheckpoints(except: position.epoch, keeping: settings.keepLast)
    }

    /// Whether what gradients do not find has been solved for.
    var isFitted: Bool { position.epoch > epochs }

    /// Takes the weights of the best epoch, if there was any.
    func loadBest() throws {
        guard position.best != nil else { return }
        let file = try SafetensorsFile(at: run.bestPath)
        try network.load(file)
    }

    /// Judges the network as it is now, and keeps it as the best.
    func keepFitted() throws {
        let score = try validation.map { try evaluate(task, Runner(network), over: $0) }
        var record = EpochRecord(
            epoch: epochs + 1, learningRate: 0, training: position.best.map { [.loss: $0.loss] } ?? [:],
            validation: score?.metrics ?? [:], skippedSteps: 0)
        record.isBest = true
        try saveBest(record)
        let length = try JSONLines(path: run.metricsPath).append(record)
        position.epoch = record.epoch
        position.metricsLength = length
        position.best = TrainingPosition.Best(
            epoch: record.epoch, loss: position.best?.loss ?? 0, score: run.description.monitor.score(of: record))
        try saveCheckpoint()
        observer?.finished(record)
    }

    private func saveCheckpoint() throws {
        try writeCheckpoint(to: run.checkpointPath)
        lastCheckpoint = .now
    }

    private func writeCheckpoint(to path: String) throws {
        // Whoever goes on from here has to compute with the kernels that led here.
        Tuner.shared.save()
        try Checkpoint.write(position, network: network, optimizer: optimizer, average: average, to: path)
    }

    private func saveBest(_ record: EpochRecord) throws {
        var metadata = try run.description.model.metadata()
        metadata["epoch"] = String(record.epoch)
        let monitor = run.description.monitor
        metadata[monitor.name] = monitor.value(of: record).map { String($0) }
        try SafetensorsFile.write(network.storedTensors, metadata: metadata, to: run.bestPath)
    }

    private func report(_ phase: TrainingProgress.Phase, _ samples: Int, _ inAll: Int, _ loss: Double) {
        guard let observer else { return }
        let perEpoch = training.samplesPerEpoch + (validation?.samplesPerEpoch ?? 0)
        let epochsToCome = settings.epochs - position.epoch - 1
        let toCome = epochsToCome * perEpoch + (phase == .training ? validation?.samplesPerEpoch ?? 0 : 0)
        observer.progressed(
            TrainingProgress(
                phase: phase, epoch: position.epoch + 1, epochs: settings.epochs, samples: samples, samplesInAll: inAll,
                loss: loss, samplesToCome: toCome, waitingFraction: waiting.fraction))
    }
}
