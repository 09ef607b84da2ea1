import SaccadeLayers
import SaccadeLoading
import SaccadeMetrics
public import SaccadeModels
import SaccadeTensors

extension GlimpseRecognition {
    /// The hybrid loss of Mnih et al. (2014), section 3: cross entropy for what is named, REINFORCE (Williams, 1992) for where
    /// to look, and the squared error of the baseline that makes the latter's gradient vary less.
    ///
    /// The reward of a glimpse is how many of the answers that it can still bear on are right. Its loss is
    /// −(R − b) · log π(place), whose gradient goes through the place that the network said alone; R and b are constants there.
    public func losses(of model: AnyGlimpseNetwork, on batch: GlimpseBatch) -> Losses {
        let stages = model.stages.map(\.model)
        let noise = GlimpseNoise(seeds: batch.seeds, glimpses: model.glimpseCount)
        return losses(
            of: model.path(over: batch.images, noise, explores: true) { stages[$0]($1) }, by: model, on: batch)
    }

    /// What a path over the images of a batch costs.
    func losses(of path: [GlimpseStep], by model: AnyGlimpseNetwork, on batch: GlimpseBatch) -> Losses {
        var (named, rights): (Tensor?, [[Float]]) = (nil, [])
        for (glimpse, step) in path.enumerated() where model.answers(after: glimpse) {
            let labels = batch.labels.map { $0[rights.count] }
            let cost = crossEntropy(step.scores, labels)
            named = named.map { $0 + cost } ?? cost
            let found = argMax(step.scores.detached, axis: 1).scalars
            rights.append(zip(found, labels).map { Int($0) == $1 ? 1 : 0 })
        }
        // There is an answer, and so a cost.
        let classes = (named ?? Tensor(filledWith: 0, shape: [])) / Float(model.answers)
        var (policy, baseline): (Tensor?, Tensor?) = (nil, nil)
        var choices = 0
        for (glimpse, step) in path.enumerated() {
            guard let choice = step.choice else { continue }
            let bearing = rights[(glimpse / model.glimpses)...]
            let reward = Tensor(
                (0..<batch.count).map { sample in bearing.reduce(0) { $0 + $1[sample] } }, shape: [batch.count, 1])
            let away = choice.drawn - choice.mean
            // Without the normal density's constant factor.
            let logDensity =
                sum(away * away, axes: [1], keepingAxes: true) * (-0.5 / (model.deviation * model.deviation))
            let loss = mean(logDensity * (choice.baseline.detached - reward))
            let error = meanSquaredError(choice.baseline, reward)
            (policy, baseline) = (policy.map { $0 + loss } ?? loss, baseline.map { $0 + error } ?? error)
            choices += 1
        }
        var parts: [(metric: Metric, loss: Tensor)] = [(.classLoss, classes)]
        var total = classes
        if let policy, let baseline {
            let baseline = baseline / Float(choices)
            parts += [(.policyLoss, policy), (.baselineLoss, baseline)]
            total = total + policy * Float(reinforce) + baseline
        }
        return Losses(total, parts: parts) {
            let digits = rights.reduce(0.0) { $0 + Double($1.reduce(0, +)) }
            var measures: [Metric: RunningMean] = [
                .accuracy: RunningMean(sum: digits / Double(model.answers), count: batch.count)
            ]
            if model.answers > 1 {
                let whole = (0..<batch.count).count { sample in rights.allSatisfy { $0[sample] == 1 } }
                measures[.sequenceAccuracy] = RunningMean(sum: Double(whole), count: batch.count)
            }
            return measures
        }
    }

    public var noScore: GlimpseScore { GlimpseScore(classes: classNames.count, answers: answers, passes: passes) }

    /// Looks at each image ``passes`` times, and averages what is said.
    public func judge(
        _ model: Runner<AnyGlimpseNetwork>, by batch: GlimpseBatch, into score: inout GlimpseScore
    ) throws {
        let network = model.model
        var probabilities: [Tensor] = []
        for pass in 0..<passes {
            let noise = GlimpseNoise(seeds: batch.seeds, glimpses: network.glimpseCount, pass: pass)
            let path = try network.path(over: batch.images, noise, explores: pass > 0) { try model($1, stage: $0) }
            let said = path.enumerated().filter { network.answers(after: $0.offset) }
                .map { softmax($0.element.scores, axis: 1) }
            probabilities = probabilities.isEmpty ? said : zip(probabilities, said).map { $0 + $1 }
        }
        score.add(probabilities.map { $0 / Float(passes) }, labels: batch.labels)
    }

    public func report(_ score: GlimpseScore) -> TaskReport { score.report(classNames: classNames) }
}
