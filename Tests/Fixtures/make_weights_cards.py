#!/usr/bin/env python3
"""Writes Tests/Fixtures/weights_cards.json: what torchvision says of its official weights.

    python3 Tests/Fixtures/make_weights_cards.py

Written with torchvision 0.29.
"""
import json, os
import torchvision.models as models

names = ["alexnet", "vgg11", "vgg13", "vgg16", "vgg19", "vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn", "googlenet",
         "resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
cards = []
for name in names:
    for weights in models.get_model_weights(name):
        if weights.name == "IMAGENET1K_FEATURES":
            continue  # without a classifier
        accuracy, prepared = weights.meta["_metrics"]["ImageNet-1K"], weights.transforms()
        cards.append({
            "name": name + ("-v2" if weights.name.endswith("V2") else ""), "url": weights.url,
            "parameterCount": weights.meta["num_params"], "top1": accuracy["acc@1"], "top5": accuracy["acc@5"],
            "crop": prepared.crop_size[0], "shortSide": prepared.resize_size[0],
            "mean": prepared.mean, "std": prepared.std})
        last = weights.meta["categories"]
segmenters = []
for name in ["fcn_resnet50", "fcn_resnet101"]:
    for weights in models.get_model_weights(name):
        scores, prepared = weights.meta["_metrics"]["COCO-val2017-VOC-labels"], weights.transforms()
        segmenters.append({
            "name": name.replace("_resnet", "-resnet-"), "url": weights.url, "parameterCount": weights.meta["num_params"],
            "meanIoU": scores["miou"], "pixelAccuracy": scores["pixel_acc"], "shortSide": prepared.resize_size[0],
            "mean": prepared.mean, "std": prepared.std, "classes": weights.meta["categories"]})
detectors = []
for name in ["fasterrcnn_resnet50_fpn", "maskrcnn_resnet50_fpn"]:
    for weights in models.get_model_weights(name):
        scores = weights.meta["_metrics"]["COCO-val2017"]
        detectors.append({
            "name": name.replace("_resnet50_fpn", "-resnet-50-fpn"), "url": weights.url,
            "parameterCount": weights.meta["num_params"], "boxAP": scores["box_map"], "maskAP": scores.get("mask_map"),
            "classes": weights.meta["categories"]})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "weights_cards.json"), "w") as file:
    json.dump({"cards": cards, "segmenters": segmenters, "detectors": detectors,
               "classCount": len(last), "classes": dict((str(i), last[i]) for i in range(0, 1000, 37))},
              file, indent=0, sort_keys=True)
