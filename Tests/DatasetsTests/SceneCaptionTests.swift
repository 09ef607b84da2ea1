import SaccadeDatasets
import Testing

@Suite struct SceneCaptionTests {
    @Test("every word of every caption is understood, and what it says is true")
    func truth() throws {
        let scenes = Scenes(seed: 77)
        var forms: Set<String> = []
        for index in 0..<1000 {
            let scene = scenes.scene(at: index)
            let reader = CaptionReader(scene)
            for caption in scene.captions {
                let form = try #require(reader.form(of: caption), "scene \(index): not understood: \(caption)")
                #expect(form.isTrue, "scene \(index): not true: \(caption)")
                forms.insert(form.name)
            }
        }
        // All that the reader knows is said, so that no form goes unchecked.
        #expect(forms == Set(CaptionReader.forms.map(\.name)))
    }

    @Test("the reader would notice a lie")
    func lies() throws {
        let scenes = Scenes(seed: 77)
        for index in 0..<20 {
            let scene = scenes.scene(at: index)
            let reader = CaptionReader(scene)
            let absent = try #require(
                SceneClass.allCases.first { kind in
                    kind != .letter && kind != .airplane && kind != .apple && kind != .umbrella
                        && !scene.objects.contains { $0.kind == kind }
                })
            let number = scene.objects.count == 3 ? "four" : "three"
            for lie in [
                "The picture shows a \(absent.rawValue).", "There is only one \(absent.rawValue) in the picture.",
                "There are exactly \(number) \(absent.rawValue)s in the picture.",
                "A \(absent.rawValue) is in the middle.", "The largest thing in the picture is a \(absent.rawValue).",
            ] {
                #expect(try #require(reader.form(of: lie), "\(lie)").isTrue == false, "\(lie)")
            }
            #expect(reader.form(of: "A dragon in a meadow.") == nil)
        }
    }
}
