package import ArgumentParser
import SaccadeCommandSupport

package struct Explain: ParsableCommand {
    package static let configuration = CommandConfiguration(
        abstract: "Explain a prediction, or one step on the way to it.",
        discussion: """
            Of a model and an image: activations layer by layer, and where the network looks; see saccade explain \
            prediction --help. Of a step: every number on its way.

            EXAMPLES:
              saccade explain demo/run photo.jpg
              saccade explain resnet50 photo.jpg --class cat --layer layer4
              saccade explain downsample
              saccade explain unpool --input '[[1,2,6,3],[3,5,2,1],[1,2,2,1],[7,3,4,8]]'
              saccade explain upconv --stride 2 --output upconv.svg
              saccade explain conv-matrix
              saccade explain selective-search photo.jpg --output grouping.png
              saccade explain roi-pool --output roi-pool.png
              saccade explain nms --output nms.png
              saccade explain rpn photo.jpg --box 30,40,180,260 --label dog --output rpn.png
              saccade explain rnn hello
              saccade explain lstm hello --output gates.svg
              saccade explain glimpses glimpse-mnist digit.png --output path.png
              saccade explain draw draw-mnist --output drawn.png

            \(Failure.codes)
            """,
        subcommands: [
            ExplainPrediction.self, ExplainDownsample.self, ExplainUnpool.self, ExplainUpconv.self,
            ExplainConvMatrix.self, ExplainSelectiveSearch.self, ExplainRoIPool.self, ExplainNMS.self, ExplainRPN.self,
            ExplainRNN.self, ExplainLSTM.self, ExplainGRU.self,
            ExplainGlimpses.self, ExplainDraw.self,
        ],
        defaultSubcommand: ExplainPrediction.self)

    package init() {}
}
