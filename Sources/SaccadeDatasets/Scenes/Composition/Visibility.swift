/// Who is seen, and who hides whom.
struct Visibility {
    /// For each pixel of the image, 0 for the backdrop or 1 + the place of a sprite.
    let owners: [UInt8]
    /// How many pixels of each sprite are seen.
    let seen: [Int]
    /// How many pixels of the first sprite belong to the second.
    let hidden: [[Int]]

    /// - Parameter sprites: From back to front; fewer than 255.
    init(_ sprites: [Sprite], width: Int, height: Int) {
        var owners = [UInt8](repeating: 0, count: width * height)
        for (number, sprite) in sprites.enumerated() {
            sprite.forEachPixel(onWidth: width, height: height) { place, pixel in
                if sprite.layer.pixels[pixel].w >= 0.5 { owners[place] = UInt8(number + 1) }
            }
        }
        var hidden = [[Int]](repeating: [Int](repeating: 0, count: sprites.count + 1), count: sprites.count)
        for (number, sprite) in sprites.enumerated() {
            sprite.forEachPixel(onWidth: width, height: height) { place, pixel in
                if sprite.layer.pixels[pixel].w >= 0.5 { hidden[number][Int(owners[place])] += 1 }
            }
        }
        self.owners = owners
        seen = sprites.indices.map { hidden[$0][$0 + 1] }
        self.hidden = hidden.map { Array($0.dropFirst()) }
    }

    /// The fraction of the whole object, on the image or beyond it, that is seen.
    func share(of number: Int, _ sprite: Sprite) -> Float { Float(seen[number]) / Float(max(sprite.pixelCount, 1)) }
}
