public import SaccadeImages

/// One picture of a film.
public struct VideoFrame: Sendable, Equatable {
    /// Upright. Those of videos have three channels, grey ones too; those of image files as many as these have.
    public let image: Image
    /// Since the first picture.
    public let time: Duration
    /// Until the next picture; of the last one, what its file says or, where that cannot be true, as long as the one
    /// before.
    public let duration: Duration
    /// Its place among all pictures of the film, from 0.
    public let number: Int

    /// A picture with all that is known about it.
    public init(image: Image, time: Duration, duration: Duration, number: Int) {
        (self.image, self.time, self.duration, self.number) = (image, time, duration, number)
    }
}
