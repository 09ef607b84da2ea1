import CSaccadeCairo
import SaccadeImages

/// An image as a Cairo surface.
struct Bitmap: ~Copyable {
    let surface: OpaquePointer

    /// Nothing where a side is beyond Cairo's limit or there is no memory.
    init?(_ image: Image) {
        let rgb = image.rgb()
        guard rgb.width <= 32_767, rgb.height <= 32_767,
            let made = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(rgb.width), Int32(rgb.height))
        else { return nil }
        guard let data = cairo_image_surface_get_data(made) else {
            cairo_surface_destroy(made)
            return nil
        }
        let stride = Int(cairo_image_surface_get_stride(made))
        rgb.pixels.withUnsafeBufferPointer { source in
            for y in 0..<rgb.height {
                (data + y * stride).withMemoryRebound(to: UInt32.self, capacity: rgb.width) { words in
                    for x in 0..<rgb.width {
                        let at = (y * rgb.width + x) * 3
                        words[x] = UInt32(source[at]) << 16 | UInt32(source[at + 1]) << 8 | UInt32(source[at + 2])
                    }
                }
            }
        }
        cairo_surface_mark_dirty(made)
        surface = made
    }

    deinit { cairo_surface_destroy(surface) }
}
