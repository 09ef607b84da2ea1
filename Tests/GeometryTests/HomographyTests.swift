import SaccadeGeometry
import Testing

@Suite struct HomographyTests {
    static let points = [Point(0, 0), Point(3, 1), Point(-2, 5), Point(10, -7)]

    private func distance(_ a: Point, _ b: Point) -> Double { max(abs(a.x - b.x), abs(a.y - b.y)) }

    @Test("quarter turns are exact, counter-clockwise on an image", arguments: [-450, -90, 270, 630, -810.0])
    func quarterTurns(degrees: Double) {
        // Each of them is a quarter clockwise, after whole turns.
        #expect(Homography.rotation(degrees: degrees)(Point(1, 0)) == Point(0, 1))
        #expect(Homography.rotation(degrees: -degrees)(Point(2, 5)) == Point(5, -2))
        #expect(Homography.rotation(degrees: 2 * degrees)(Point(2, 5)) == Point(-2, -5))
        #expect(Homography.rotation(degrees: 4 * degrees)(Point(2, 5)) == Point(2, 5))
    }

    @Test("a turn keeps distances, and turns compose", arguments: [1.0, 30, 44.9, 45, 100, 300])
    func turns(degrees: Double) {
        let turn = Homography.rotation(degrees: degrees)
        let p = turn(Point(3, 4))
        #expect(abs(p.x * p.x + p.y * p.y - 25) < 1e-12)
        let twice = Homography.rotation(degrees: 2 * degrees)
        for point in Self.points { #expect(distance(turn.then(turn)(point), twice(point)) < 1e-12) }
        let up = Homography.rotation(degrees: degrees)(Point(1, 0)).y
        #expect(degrees < 180 ? up < 0 : up > 0)
    }

    @Test("parts do what they say")
    func parts() {
        #expect(Homography.translation(2, -1)(Point(5, 5)) == Point(7, 4))
        #expect(Homography.scaling(2, 3)(Point(5, 5)) == Point(10, 15))
        #expect(distance(Homography.shearing(degreesX: 45)(Point(1, 2)), Point(3, 2)) < 1e-12)
        #expect(Homography.scaling(2, 2).around(Point(1, 1))(Point(2, 3)) == Point(3, 5))
        #expect(Homography.translation(1, 0).then(.scaling(2, 2))(Point(0, 0)) == Point(2, 0))
    }

    @Test("the inverse leads back")
    func inverse() throws {
        let map = Homography([2, 0.5, 3, -0.25, 1.5, -4, 0.01, -0.02, 1])
        let back = try #require(map.inverse)
        for point in Self.points { #expect(distance(back(map(point)), point) < 1e-9) }
        #expect(Homography.scaling(0, 1).inverse == nil)
        #expect(Homography.affine(1, 2, 0, 2, 4, 0).inverse == nil)
    }

    @Test("four points go where they are to go")
    func fourPoints() throws {
        let square = [Point(0, 0), Point(30, 0), Point(30, 20), Point(0, 20)]
        let others = [Point(3, 1), Point(28, 4), Point(25, 22), Point(-2, 15)]
        let map = try #require(Homography(taking: square, to: others))
        for (a, b) in zip(square, others) { #expect(distance(map(a), b) < 1e-9) }
        // Lines stay lines: the crossing of the diagonals goes to the crossing of the diagonals.
        let back = try #require(Homography(taking: others, to: square))
        for (a, b) in zip(square, others) { #expect(distance(back(b), a) < 1e-9) }
        #expect(distance(map.then(back)(Point(15, 10)), Point(15, 10)) < 1e-9)
        #expect(Homography(taking: square, to: [Point(0, 0), Point(1, 1), Point(2, 2), Point(0, 5)]) == nil)
        let same = try #require(Homography(taking: others, to: others))
        for point in Self.points { #expect(distance(same(point), point) < 1e-9) }
    }
}
