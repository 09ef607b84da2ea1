import CSaccadeVideo
import SaccadeFiles

extension FileError {
    /// Why a video cannot be read.
    init(video status: saccade_video_status, _ message: String, path: String, pixelLimit: Int) {
        let again = "copy or download it again"
        switch status {
        case SACCADE_VIDEO_ABSENT:
            self.init(
                .missingLibrary, path: path,
                reason: "videos are read by FFmpeg's libraries, and this program was built without them",
                remedy: Self.installing)
        case SACCADE_VIDEO_UNKNOWN:
            self.init(
                .unknownFormat, path: path, reason: "is no video of a kind that is known here",
                remedy: "give an MP4, MOV, AVI, MKV, WebM, MPEG or GIF file, or a folder of numbered images")
        case SACCADE_VIDEO_NO_PICTURES:
            self.init(
                .unsupported, path: path, reason: "holds no moving pictures", remedy: "give a file that holds some")
        case SACCADE_VIDEO_NO_DECODER:
            self.init(
                .unsupported, path: path,
                reason: "is compressed with \(message), which this FFmpeg does not decode",
                remedy: "convert it to H.264 first")
        case SACCADE_VIDEO_UNREADABLE:
            self.init(
                .unreadable, path: path, reason: "cannot be read (\(message))",
                remedy: "check the disk and its permissions")
        case SACCADE_VIDEO_TOO_LARGE:
            self.init(
                .tooLarge, path: path,
                reason:
                    "has pictures of \(message.replacing("x", with: "×")) pixels, more than the limit of \(pixelLimit)",
                remedy: "shrink it first, or raise the limit")
        case SACCADE_VIDEO_OUT_OF_MEMORY:
            self.init(.tooLarge, path: path, reason: message, remedy: "\(again), or close other programs")
        default:
            self.init(.malformed, path: path, reason: "is a damaged video (\(message))", remedy: again)
        }
    }

    /// How to get FFmpeg's libraries.
    private static var installing: String {
        #if os(macOS)
            "install ffmpeg (brew install ffmpeg) and build it again, which ./saccade does by itself"
        #else
            "install libavformat-dev, libavcodec-dev and libswscale-dev (apt-get install) and build it again, which "
                + "./saccade does by itself"
        #endif
    }
}
