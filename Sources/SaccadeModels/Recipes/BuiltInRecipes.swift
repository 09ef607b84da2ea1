/// The recipes that come with the program: those of the folder `recipes`, compiled in so that their names work
/// everywhere.
public enum BuiltInRecipes {
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("camvid", PackageResources.camvid_yaml),
        ("cifar-resnet-20", PackageResources.cifar_resnet_20_yaml),
        ("draw-mnist", PackageResources.draw_mnist_yaml),
        ("draw-mnist-noattention", PackageResources.draw_mnist_noattention_yaml),
        ("exercise-1", PackageResources.exercise_1_yaml),
        ("fast-rcnn-bccd", PackageResources.fast_rcnn_bccd_yaml),
        ("faster-rcnn-bccd", PackageResources.faster_rcnn_bccd_yaml),
        ("faster-rcnn-scenes", PackageResources.faster_rcnn_scenes_yaml),
        ("fcn8s-voc", PackageResources.fcn8s_voc_yaml),
        ("glimpse-cluttered", PackageResources.glimpse_cluttered_yaml),
        ("glimpse-mnist", PackageResources.glimpse_mnist_yaml),
        ("glimpse-pairs", PackageResources.glimpse_pairs_yaml),
        ("hog-bccd", PackageResources.hog_bccd_yaml),
        ("mask-rcnn-scenes", PackageResources.mask_rcnn_scenes_yaml),
        ("mnist", PackageResources.mnist_yaml),
        ("multi30k", PackageResources.multi30k_yaml),
        ("rcnn-bccd", PackageResources.rcnn_bccd_yaml),
        ("rt-polarity", PackageResources.rt_polarity_yaml),
        ("scenes", PackageResources.scenes_yaml),
        ("scenes-actions", PackageResources.scenes_actions_yaml),
        ("scenes-next-frame", PackageResources.scenes_next_frame_yaml),
        ("scenes-segmentation", PackageResources.scenes_segmentation_yaml),
        ("segnet-camvid", PackageResources.segnet_camvid_yaml),
        ("shakespeare", PackageResources.shakespeare_yaml),
        ("unet-isbi", PackageResources.unet_isbi_yaml),
        ("unet-scenes", PackageResources.unet_scenes_yaml),
    ]

    /// In alphabetical order.
    public static var names: [String] { files.map(\.name) }

    /// The YAML of one; `nil` where there is none of this name.
    public static func text(named name: String) -> String? {
        files.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}
