// `import Saccade` is all of the library.
@_exported import SaccadeDatasets
@_exported import SaccadeDrawing
@_exported import SaccadeFeatures
@_exported import SaccadeFiles
@_exported import SaccadeGeometry
@_exported import SaccadeImages
@_exported import SaccadeInterchange
@_exported import SaccadeLayers
@_exported import SaccadeLinear
@_exported import SaccadeLoading
@_exported import SaccadeMetrics
@_exported import SaccadeModels
@_exported import SaccadeONNX
@_exported import SaccadePrelude
@_exported import SaccadeTensors
@_exported import SaccadeTraining
@_exported import SaccadeWeights
