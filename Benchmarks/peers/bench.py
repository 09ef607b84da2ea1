#!/usr/bin/env python3
"""Peer CPU baselines: one measurement per invocation, one line of JSON per result.

  python bench.py --model resnet50 --engine openvino --mode infer --batch 1
  python bench.py --model resnet18 --engine eager_cl --mode train --batch 16
  python bench.py --model nms_10000 --engine eager   --mode op
  python bench.py --model classify_jpeg --engine ort --mode startup
  python bench.py --list

Engines  eager        torch eager, NCHW, inference_mode
         eager_cl     torch eager, channels_last
         jit_cl       torch.jit.trace + freeze + optimize_for_inference, channels_last
         compile      torch.compile (inductor, C++), cold cache unless --keep-cache
         compile_frz  torch.compile with inductor freezing (weight prepack), channels_last
         ort          onnxruntime CPU EP             (process does not import torch)
         openvino     OpenVINO CPU, LATENCY, --precision f32 (default) or `default`
                                                     (process does not import torch)
Method   Random weights (seeded), random inputs; BN running statistics calibrated with
         one train-mode pass so that activations stay O(1).  Warm-up, then timed runs
         until --budget seconds.  Samples are taken in windows of >=0.4 s; a window in
         which *other* processes used more than --noise of the machine is thrown away
         (the machine may be shared).  `clean` says whether enough samples were
         clean; `other_cpu` is the mean other-process load over the kept windows.
         peak_rss_mb is VmHWM of this process; import_rss_mb is VmRSS after importing
         the engine, before building the model.  setup_s = everything from "imports
         done" to "first inference finished" (includes compile_model / torch.compile).
FLOPs    2*MAC, from torch.utils.flop_counter on the eager model (analytic for RNNs).  Nominal:
         taps that fall on zero padding are counted though engines skip them (VGG16: 3 %).
Exchange --weights (a .pth), --input, --labels and --output (.npy) make the peer compute what somebody else
         computed: the same numbers with the same weights; --output is the first result (infer), or
         the first loss (train).  --jpeg is the picture of classify_jpeg.  For roi_align and roi_pool
         --input are features and --labels boxes.  nms_10000@0.5 takes boxes and scores,
         [N, 5], as --input.
--alloc retain   glibc tunables that stop malloc returning big blocks to the kernel; torch
         eager re-faults every large activation otherwise.
"""
import argparse, json, os, statistics, subprocess, sys, time

ROOT = os.path.dirname(os.path.abspath(__file__))
CACHE = os.environ.get("SACCADE_PEERS_CACHE") or os.path.join(os.path.expanduser("~"), ".cache", "saccade", "peers")
os.makedirs(CACHE, exist_ok=True)
GIVEN = argparse.Namespace(weights=None, input=None, labels=None, output=None, jpeg=None)   # set by main

# ----------------------------------------------------------------- model list
# name -> (input shape without batch, dtype)
MODELS = {
    "ex1":          ((3, 240, 240), "f32"),
    "alexnet":      ((3, 224, 224), "f32"),
    "vgg16":        ((3, 224, 224), "f32"),
    "resnet18":     ((3, 224, 224), "f32"),
    "resnet50":     ((3, 224, 224), "f32"),
    "googlenet":    ((3, 224, 224), "f32"),
    "unet":         ((1, 572, 572), "f32"),
    "segnet":       ((3, 360, 480), "f32"),
    "fcn8s":        ((3, 500, 500), "f32"),
    "fcn_resnet50": ((3, 520, 520), "f32"),
    "fasterrcnn":   ((3, 800, 800), "f32"),
    "maskrcnn":     ((3, 800, 800), "f32"),
    "lstm":         ((128,), "tok"),      # char-rnn forward, T=128
    "rnn":          ((128,), "tok"),
    "lstm_step":    ((1,), "tok"),        # one sampling step, state in/out
    "rnn_step":     ((1,), "tok"),
    "caption":      ((3, 224, 224), "f32"),   # resnet50 + 20 greedy LSTM steps
    "caption_dec":  ((512,), "f32"),          # the 20 greedy LSTM steps alone
}
OPS = ["nms_1000", "nms_10000", "batched_nms_10000", "roi_pool", "roi_align", "roi_align_s0",
       "max_pool_idx", "max_unpool", "deconv2x2_512_256_64", "deconv4x4_21", "deconv4x4_21_dw",
       "deconv16x16_21", "deconv16x16_21_dw", "bilinear_up2_64", "bilinear_up8_21",
       "crop_concat", "bn_relu_64x180x240", "softmax_10000",
       "hog", "jpeg_224"]
RETAIN = "glibc.malloc.mmap_threshold=8589934592:glibc.malloc.trim_threshold=17179869184:glibc.malloc.mmap_max=0"
ENGINES = ["eager", "eager_cl", "jit_cl", "compile", "compile_frz", "ort", "openvino"]


# ---------------------------------------------------------------- measurement
def vm(field):
    for l in open("/proc/self/status"):
        if l.startswith(field + ":"):
            return int(l.split()[1]) / 1024
    return 0.0


HZ = os.sysconf("SC_CLK_TCK")
NCPU = os.cpu_count()


def machine_busy():
    f = [int(x) for x in open("/proc/stat").readline().split()[1:]]
    return (f[0] + f[1] + f[2] + f[5] + f[6] + f[7]) / HZ    # user nice sys irq softirq steal


def wait_idle(limit):
    """Wait until other processes leave the machine alone for 1 s (at most `limit` s)."""
    end, good = time.time() + limit, 0
    while time.time() < end and good < 2:
        b0, p0, t0 = machine_busy(), time.process_time(), time.time()
        time.sleep(0.5)
        dt = time.time() - t0
        load = ((machine_busy() - b0) - (time.process_time() - p0)) / (dt * NCPU)
        good = good + 1 if load < 0.06 else 0
    return good >= 2


def measure(fn, a):
    """-> dict of timing fields.  fn() is one complete run."""
    t = time.perf_counter(); fn(); first = time.perf_counter() - t
    quiet = wait_idle(a.wait_idle)
    for _ in range(a.warmup if first < 2 else 1):
        t = time.perf_counter(); fn(); est = time.perf_counter() - t
    want = a.runs or (10 if est < 1.5 else 6 if est < 4 else 4)
    clean, dirty, loads = [], [], []
    start = time.time()
    while True:
        win, b0, p0, w0 = [], machine_busy(), time.process_time(), time.perf_counter()
        while time.perf_counter() - w0 < 0.4:
            t = time.perf_counter(); fn(); win.append(time.perf_counter() - t)
        dt = time.perf_counter() - w0
        other = ((machine_busy() - b0) - (time.process_time() - p0)) / (dt * NCPU)
        if other <= a.noise:
            clean += win; loads.append(max(0, other))
        else:
            dirty.append((other, win))
        el = time.time() - start
        if len(clean) >= want and el >= a.budget: break
        if el > a.max_s: break
    ok = len(clean) >= max(3, want // 2)
    if not ok:                                   # fall back to the least loaded windows
        dirty.sort(key=lambda x: x[0])
        for o, w in dirty:
            clean += w; loads.append(o)
            if len(clean) >= want: break
    clean.sort()
    q = lambda p: clean[min(len(clean) - 1, int(p * len(clean)))] * 1e3
    return dict(median_ms=round(statistics.median(clean) * 1e3, 4), min_ms=round(clean[0] * 1e3, 4),
                p90_ms=round(q(.9), 4), runs=len(clean), discarded=sum(len(w) for _, w in dirty) if ok else 0,
                clean=ok, quiet_start=quiet, other_cpu=round(sum(loads) / max(1, len(loads)), 3))


def emit(a, d):
    base = dict(model=a.model, engine=a.engine, mode=a.mode, batch=a.batch, threads=a.threads)
    if a.engine == "openvino": base["precision"] = a.precision
    if a.alloc != "default": base["alloc"] = a.alloc
    base.update(d)
    if a.tag: base["tag"] = a.tag
    print(json.dumps(base), flush=True)


# ----------------------------------------------------------------- model zoo
def build_model(name, opt=None):
    """Seeded random weights; eval mode.  `opt` = dict(train=bool, size=int)."""
    import torch, torchvision, torch.nn as nn, torch.nn.functional as F
    opt = opt or {}
    torch.manual_seed(0)
    tv = torchvision.models

    class Ex1(nn.Module):
        def __init__(s):
            super().__init__()
            s.c1, s.c2, s.c3 = nn.Conv2d(3, 64, 7), nn.Conv2d(64, 32, 5), nn.Conv2d(32, 16, 3)
            s.f1, s.f2, s.f3 = nn.Linear(16 * 54 * 54, 50), nn.Linear(50, 20), nn.Linear(20, 2)

        def forward(s, x):
            x = F.max_pool2d(F.relu(s.c1(x)), 2)
            x = F.max_pool2d(F.relu(s.c2(x)), 2)
            x = torch.flatten(F.relu(s.c3(x)), 1)
            return s.f3(F.relu(s.f2(F.relu(s.f1(x)))))

    class TwoConvolutions(nn.Module):
        def __init__(s, i, o):
            super().__init__()
            s.conv1, s.conv2 = nn.Conv2d(i, o, 3), nn.Conv2d(o, o, 3)

        def forward(s, x): return F.relu(s.conv2(F.relu(s.conv1(x), inplace=True)), inplace=True)

    class Expansion(nn.Module):
        def __init__(s, w):
            super().__init__()
            s.up, s.convolutions = nn.ConvTranspose2d(2 * w, w, 2, 2), TwoConvolutions(2 * w, w)

        def forward(s, x, k):
            x = s.up(x)
            o = (k.shape[2] - x.shape[2]) // 2
            k = k[:, :, o:o + x.shape[2], o:o + x.shape[3]]
            return s.convolutions(torch.cat([k, x], 1))

    class UNet(nn.Module):                                    # Ronneberger 2015, valid convs
        def __init__(s, cin=1, classes=2, w=(64, 128, 256, 512, 1024)):
            super().__init__()
            s.contracting = nn.ModuleList([TwoConvolutions(i, o) for i, o in zip((cin,) + w[:-1], w)])
            s.expanding = nn.ModuleList([Expansion(w[i - 1]) for i in range(4, 0, -1)])
            s.head = nn.Conv2d(w[0], classes, 1)
            for m in s.modules():
                if isinstance(m, nn.Conv2d): nn.init.kaiming_normal_(m.weight); nn.init.zeros_(m.bias)

        def forward(s, x):
            skips = []
            for i, d in enumerate(s.contracting):
                x = d(x)
                if i < 4: skips.append(x); x = F.max_pool2d(x, 2)
            for e, k in zip(s.expanding, skips[::-1]): x = e(x, k)
            return s.head(x)

    VGG16 = [(1, 2, 64), (2, 2, 128), (3, 3, 256), (4, 3, 512), (5, 3, 512)]   # stage, convolutions, channels

    class SegNet(nn.Module):                                  # Badrinarayanan 2017; Caffe pools with ceil_mode
        def __init__(s, classes=11):
            super().__init__()
            def add(name, i, o, norm=True):
                s.add_module(name, nn.Conv2d(i, o, 3, padding=1))
                if norm: s.add_module(name + "_bn", nn.BatchNorm2d(o))
                return o
            i = 3
            for k, n, c in VGG16:
                for j in range(1, n + 1): i = add(f"conv{k}_{j}", i, c)
            for k, n, c in VGG16[::-1]:
                for j in range(n, 1, -1): add(f"conv{k}_{j}_D", c, c)
                if k > 1: add(f"conv{k}_1_D", c, VGG16[k - 2][2])
            add("conv1_1_D", 64, classes, False)
            for m in s.modules():
                if isinstance(m, nn.Conv2d): nn.init.kaiming_normal_(m.weight); nn.init.zeros_(m.bias)

        def conv(s, name, x): return F.relu(getattr(s, name + "_bn")(getattr(s, name)(x)), inplace=True)

        def forward(s, x):
            st = []
            for k, n, _ in VGG16:
                for j in range(1, n + 1): x = s.conv(f"conv{k}_{j}", x)
                size = x.shape[2:]
                x, i = F.max_pool2d(x, 2, ceil_mode=True, return_indices=True)
                st.append((i, size))
            for k, n, _ in VGG16[::-1]:
                i, size = st.pop()
                x = F.max_unpool2d(x, i, 2, output_size=(int(size[0]), int(size[1])))
                for j in range(n, 0, -1):
                    x = s.conv1_1_D(x) if (k, j) == (1, 1) else s.conv(f"conv{k}_{j}_D", x)
            return x

    class FCN8s(nn.Module):                                   # Long 2015: pad 100, fc6 7x7x4096
        def __init__(s, classes=21):
            super().__init__()
            i = 3
            for k, n, c in VGG16:
                for j in range(1, n + 1):
                    s.add_module(f"conv{k}_{j}", nn.Conv2d(i, c, 3, padding=100 if i == 3 else 1)); i = c
            s.fc6, s.fc7 = nn.Conv2d(512, 4096, 7), nn.Conv2d(4096, 4096, 1)
            s.score_fr, s.score_pool4, s.score_pool3 = (nn.Conv2d(i, classes, 1) for i in (4096, 512, 256))
            def up(f): return nn.ConvTranspose2d(classes, classes, 2 * f, f, bias=False).requires_grad_(False)
            s.upscore2, s.upscore_pool4, s.upscore8 = up(2), up(2), up(8)

        def forward(s, x):
            h, w = x.shape[2:]
            p = []
            for k, n, _ in VGG16:
                for j in range(1, n + 1): x = F.relu(getattr(s, f"conv{k}_{j}")(x), inplace=True)
                x = F.max_pool2d(x, 2, ceil_mode=True); p.append(x)
            y = s.upscore2(s.score_fr(F.dropout(F.relu(s.fc7(F.dropout(F.relu(s.fc6(x)), training=s.training))), training=s.training)))
            y = s.upscore_pool4(y + s.score_pool4(p[3])[:, :, 5:5 + y.shape[2], 5:5 + y.shape[3]])
            y = y + s.score_pool3(p[2])[:, :, 9:9 + y.shape[2], 9:9 + y.shape[3]]
            return s.upscore8(y)[:, :, 31:31 + h, 31:31 + w]

    class CharRNN(nn.Module):                                 # Karpathy char-rnn: one-hot in, logits out
        def __init__(s, kind, step=False, vocab=65, h=512, layers=2):
            super().__init__()
            s.vocab, s.step = vocab, step
            s.rnn = (nn.LSTM if kind == "lstm" else nn.RNN)(vocab, h, layers)
            s.out = nn.Linear(h, vocab)

        def forward(s, tok, *state):                          # tok: T x B
            x = F.one_hot(tok, s.vocab).float()
            if not s.step: return s.out(s.rnn(x)[0])
            y, n = s.rnn(x, tuple(state) if len(state) == 2 else state[0])
            return (s.out(y),) + (tuple(n) if isinstance(n, tuple) else (n,))

    class Decoder(nn.Module):                                 # Show-and-tell greedy decode, unrolled
        def __init__(s, vocab=10000, h=512, steps=20):
            super().__init__()
            s.emb, s.cell, s.out, s.h, s.steps = nn.Embedding(vocab, h), nn.LSTMCell(h, h), nn.Linear(h, vocab), h, steps

        def forward(s, feat):
            z = torch.zeros(feat.shape[0], s.h)
            h, c = s.cell(feat, (z, z))
            tok = torch.zeros(feat.shape[0], dtype=torch.long)
            outs = []
            for _ in range(s.steps):
                h, c = s.cell(s.emb(tok), (h, c))
                tok = s.out(h).argmax(1)
                outs.append(tok)
            return torch.stack(outs, 1)

    class Caption(nn.Module):
        def __init__(s):
            super().__init__()
            s.enc = tv.resnet50(weights=None); s.enc.fc = nn.Linear(2048, 512)
            s.dec = Decoder()

        def forward(s, x): return s.dec(s.enc(x))

    class FCNOut(nn.Module):                                  # torchvision's, without the head that only training needs
        def __init__(s):
            super().__init__()
            m = tv.segmentation.fcn_resnet50(weights=None, weights_backbone=None, num_classes=21)
            s.backbone, s.classifier = m.backbone, m.classifier

        def forward(s, x):
            return F.interpolate(s.classifier(s.backbone(x)["out"]), x.shape[2:], mode="bilinear", align_corners=False)

    def detector(fn):
        size = opt.get("size", 800)
        if opt.get("frozen"):                                 # as with published weights: batch norm that stays
            backbone = tv.detection.backbone_utils.resnet_fpn_backbone(
                backbone_name="resnet50", weights=None, norm_layer=torchvision.ops.FrozenBatchNorm2d, trainable_layers=5)
            kind = tv.detection.MaskRCNN if fn is tv.detection.maskrcnn_resnet50_fpn else tv.detection.FasterRCNN
            m = kind(backbone, 91, min_size=size, max_size=1333)
        else: m = fn(weights=None, weights_backbone=None, num_classes=91, min_size=size, max_size=1333)
        # Spread the class logits so that an untrained net yields the usual 100 detections and the
        # mask head does real work (all-equal logits would leave 0 boxes above score 0.05).
        with torch.no_grad(): m.roi_heads.box_predictor.cls_score.weight *= opt.get("spread", 6.0)
        return m

    m = {
        "ex1": Ex1, "unet": UNet, "segnet": SegNet, "fcn8s": FCN8s, "fcn_resnet50": FCNOut,
        "alexnet": lambda: tv.alexnet(weights=None), "vgg16": lambda: tv.vgg16(weights=None),
        "resnet18": lambda: tv.resnet18(weights=None), "resnet50": lambda: tv.resnet50(weights=None),
        "googlenet": lambda: tv.googlenet(weights=None, aux_logits=False, init_weights=False),
        "fasterrcnn": lambda: detector(tv.detection.fasterrcnn_resnet50_fpn),
        "maskrcnn": lambda: detector(tv.detection.maskrcnn_resnet50_fpn),
        "lstm": lambda: CharRNN("lstm"), "rnn": lambda: CharRNN("rnn"),
        "lstm_step": lambda: CharRNN("lstm", True), "rnn_step": lambda: CharRNN("rnn", True),
        "caption": Caption, "caption_dec": Decoder,
    }[name]().eval()
    if GIVEN.weights: return load_given(m)
    bn = os.path.join(CACHE, name + ".bn.pth")
    if not opt.get("raw") and os.path.exists(bn):
        m.load_state_dict(torch.load(bn), strict=False)
    return m


def load_given(m):
    """Weights by name, or where no name is known by order; heads that only training needs may be left over."""
    import torch
    given, own = torch.load(GIVEN.weights, weights_only=True), m.state_dict()
    wanted = [k for k in own if not k.endswith("num_batches_tracked")]
    if not set(wanted) & set(given): given = dict(zip(wanted, given.values(), strict=True))
    m.load_state_dict({k: given[k].reshape(own[k].shape) for k in wanted}, strict=False)
    return m


def save_output(y):
    import numpy as np
    if GIVEN.output: np.save(GIVEN.output, np.asarray(y, dtype=np.float32))


def np_inputs(name, batch, size=None):
    """Inputs as numpy arrays (what ORT / OpenVINO are fed)."""
    import numpy as np
    if GIVEN.input: return [np.load(GIVEN.input)]
    r = np.random.default_rng(0)
    shape, kind = MODELS[name]
    if kind == "tok":
        xs = [r.integers(0, 65, (shape[0], batch)).astype(np.int64)]
        if name.endswith("_step"):
            xs += [np.zeros((2, batch, 512), np.float32)] * (2 if name[0] == "l" else 1)
        return xs
    if size: shape = (shape[0], size, size)
    if name in ("fasterrcnn", "maskrcnn"): return [r.random(shape, dtype=np.float32)]
    return [r.standard_normal((batch,) + shape, dtype=np.float32)]


def torch_inputs(name, batch, size=None):
    import torch
    xs = [torch.from_numpy(x.copy()) for x in np_inputs(name, batch, size)]
    return (xs,) if name in ("fasterrcnn", "maskrcnn") else tuple(xs)


def rnn_gflop(name, batch):
    T, H, V, g = MODELS[name][0][0], 512, 65, 4 if name.startswith("lstm") else 1
    return 2e-9 * T * batch * (g * H * (V + H) + g * H * 2 * H + H * V)


# --------------------------------------------------- preparation (subprocesses)
def meta_path(name, batch): return os.path.join(CACHE, f"{name}_b{batch}.meta.json")


def onnx_path(name, batch):
    if not GIVEN.weights: return os.path.join(CACHE, f"{name}_b{batch}.onnx")
    import hashlib
    with open(GIVEN.weights, "rb") as f: digest = hashlib.sha256(f.read()).hexdigest()[:12]
    return os.path.join(CACHE, f"{name}_b{batch}_{digest}.onnx")


def sub(*args):
    env = dict(os.environ)
    given = [s for k in ("weights", "input") if getattr(GIVEN, k) for s in ("--" + k, getattr(GIVEN, k))]
    r = subprocess.run([sys.executable, __file__, *map(str, args), *given], capture_output=True, text=True, env=env)
    if r.returncode:
        raise RuntimeError(r.stdout[-600:] + r.stderr[-1500:])
    return r.stdout


def meta(name, batch):
    p = meta_path(name, batch)
    if not os.path.exists(p): sub("--prepare", name, "--batch", batch)
    return json.load(open(p))


def do_prepare(name, batch):
    import torch
    torch.manual_seed(0)
    m = build_model(name, {"raw": True})
    x = torch_inputs(name, batch)
    bn = os.path.join(CACHE, name + ".bn.pth")
    bns = [k for k in m.modules() if isinstance(k, torch.nn.BatchNorm2d)]
    if bns and not GIVEN.weights and not os.path.exists(bn):
        for k in bns: k.train(); k.momentum = None; k.reset_running_stats()
        with torch.no_grad(): m(*x)
        torch.save({k: v for k, v in m.state_dict().items() if "running_" in k or "num_batches" in k}, bn)
    m = build_model(name)
    from torch.utils.flop_counter import FlopCounterMode
    info = {"params_m": round(sum(p.numel() for p in m.parameters()) / 1e6, 3)}
    if name in ("lstm", "rnn", "lstm_step", "rnn_step"):
        info["gflop"] = rnn_gflop(name, batch)
    else:
        with FlopCounterMode(display=False) as f, torch.no_grad(): y = m(*x)
        info["gflop"] = f.get_total_flops() / 1e9
        if name in ("fasterrcnn", "maskrcnn"): info["detections"] = len(y[0]["boxes"])
    json.dump(info, open(meta_path(name, batch), "w"))


def do_export(name, batch, how):
    """ONNX export; `how` = dynamo | script."""
    import torch
    m = build_model(name); x = torch_inputs(name, batch)
    p = onnx_path(name, batch)
    kw = dict(dynamo=how == "dynamo")
    if how == "script": kw["opset_version"] = 17; kw["do_constant_folding"] = True
    else: kw["external_data"] = False
    with torch.no_grad():
        torch.onnx.export(m, x, p + ".tmp", **kw)
    os.replace(p + ".tmp", p)
    json.dump({"exporter": how}, open(p + ".json", "w"))


def need_onnx(name, batch):
    p = onnx_path(name, batch)
    if os.path.exists(p): return p
    errs = []
    for how in ("dynamo", "script"):
        try:
            sub("--export", name, "--batch", batch, "--how", how); return p
        except RuntimeError as e:
            errs.append(how + ": " + str(e).strip().splitlines()[-1][:300])
    raise RuntimeError("onnx export failed: " + " | ".join(errs))


def do_export_ov(name, batch):
    import torch, openvino as ov
    m = build_model(name); x = torch_inputs(name, batch)
    om = ov.convert_model(m, example_input=x if len(x) > 1 else x[0])
    ov.save_model(om, onnx_path(name, batch)[:-5] + ".xml", compress_to_fp16=False)


# ------------------------------------------------------------------- engines
def torch_setup(a):
    import torch
    torch.set_num_threads(a.threads)
    return torch


def infer_torch(a):
    mt = meta(a.model, a.batch)
    t_imp = time.perf_counter()
    torch = torch_setup(a)
    import torchvision
    imp = time.perf_counter() - t_imp
    rss0 = vm("VmRSS")
    t0 = time.perf_counter()
    m = build_model(a.model)
    x = torch_inputs(a.model, a.batch)
    t_build = time.perf_counter() - t0
    for p in m.parameters(): p.requires_grad_(False)
    cl = a.engine in ("eager_cl", "jit_cl", "compile_frz")
    det = a.model in ("fasterrcnn", "maskrcnn")
    if cl:
        m = m.to(memory_format=torch.channels_last)
        if not det: x = tuple(v.to(memory_format=torch.channels_last) if v.dim() == 4 else v for v in x)
    t0 = time.perf_counter()
    extra = {}
    with torch.inference_mode() if not a.engine.startswith("compile") else torch.no_grad():
        if a.engine == "jit_cl":
            m = torch.jit.script(m) if det else torch.jit.trace(m, x)
            m = torch.jit.optimize_for_inference(torch.jit.freeze(m))
        elif a.engine.startswith("compile"):
            import torch._inductor.config as ic
            ic.freezing = a.engine == "compile_frz"
            m = torch.compile(m)
        y = m(*x)
        setup = time.perf_counter() - t0
        if det:
            d = y[1][0] if isinstance(y, tuple) else y[0]
            extra["detections"] = len(d["boxes"])
        r = measure(lambda: m(*x), a)
        if a.profile:
            from torch.profiler import profile, ProfilerActivity
            with profile(activities=[ProfilerActivity.CPU]) as p: m(*x)
            print(p.key_averages().table(sort_by="self_cpu_time_total", row_limit=14, max_name_column_width=40), file=sys.stderr)
    out_shape = list(y.shape) if hasattr(y, "shape") else None
    save_output(d["scores"] if det else y)
    finish(a, r, mt, rss0, imp, setup, dict(extra, out=out_shape, build_s=round(t_build, 2)))


def finish(a, r, mt, rss0, imp, setup, extra):
    g = mt.get("gflop", 0)
    r.update(input="x".join(map(str, MODELS[a.model][0])), params_m=mt["params_m"], gflop=round(g, 4),
             gflops=round(g / (r["median_ms"] / 1e3), 1) if g else None,
             peak_rss_mb=round(vm("VmHWM")), import_rss_mb=round(rss0), import_s=round(imp, 2), setup_s=round(setup, 2))
    r.update({k: v for k, v in extra.items() if v is not None})
    emit(a, r)


def infer_ort(a):
    mt = meta(a.model, a.batch)
    p = need_onnx(a.model, a.batch)
    t0 = time.perf_counter()
    import numpy as np, onnxruntime as rt
    imp = time.perf_counter() - t0; rss0 = vm("VmRSS")
    t0 = time.perf_counter()
    so = rt.SessionOptions(); so.intra_op_num_threads = a.threads; so.log_severity_level = 4
    so.graph_optimization_level = rt.GraphOptimizationLevel.ORT_ENABLE_ALL
    s = rt.InferenceSession(p, so, providers=["CPUExecutionProvider"])
    feed = dict(zip([i.name for i in s.get_inputs()], np_inputs(a.model, a.batch)))
    y = s.run(None, feed)
    setup = time.perf_counter() - t0
    save_output(y[2] if "rcnn" in a.model else y[0])                  # boxes, labels, scores
    r = measure(lambda: s.run(None, feed), a)
    finish(a, r, mt, rss0, imp, setup, {"exporter": json.load(open(p + ".json"))["exporter"], "out": list(y[0].shape),
                                        "detections": len(y[0]) if "rcnn" in a.model else None})


def infer_ov(a):
    mt = meta(a.model, a.batch)
    src, errs = None, []
    xml = onnx_path(a.model, a.batch)[:-5] + ".xml"
    try: src = need_onnx(a.model, a.batch)
    except RuntimeError as e: errs.append(str(e))
    t0 = time.perf_counter()
    import numpy as np, openvino as ov
    imp = time.perf_counter() - t0; rss0 = vm("VmRSS")
    core = ov.Core()
    cfg = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": a.threads}
    if a.precision == "f32": cfg["INFERENCE_PRECISION_HINT"] = "f32"
    x = np_inputs(a.model, a.batch)

    def go(path):
        cm = core.compile_model(core.read_model(path), "CPU", cfg)
        rq = cm.create_infer_request()
        return cm, rq, rq.infer(x, share_inputs=True, share_outputs=True)
    t0 = time.perf_counter()
    try:
        if src is None or (a.model.find("rcnn") >= 0 and os.path.exists(xml)): raise RuntimeError("no onnx")
        cm, rq, y = go(src)
    except RuntimeError as e:
        errs.append("onnx path: " + str(e).strip()[:200])
        if not os.path.exists(xml): sub("--export-ov", a.model, "--batch", a.batch)
        src = xml; t0 = time.perf_counter()
        cm, rq, y = go(src)
    setup = time.perf_counter() - t0
    save_output(y[2] if "rcnn" in a.model else y[0])
    r = measure(lambda: rq.infer(x, share_inputs=True, share_outputs=True), a)
    finish(a, r, mt, rss0, imp, setup, {
        "source": os.path.basename(src), "ran_precision": str(cm.get_property("INFERENCE_PRECISION_HINT")),
        "out": list(y[0].shape), "detections": max(len(v) for v in y.values()) if a.model in ("fasterrcnn", "maskrcnn") else None,
        "note": "; ".join(errs)[:300] or None})


# ------------------------------------------------------------------ training
def train(a):
    t_imp = time.perf_counter()
    torch = torch_setup(a)
    import torchvision, torch.nn.functional as F
    imp = time.perf_counter() - t_imp; rss0 = vm("VmRSS")
    det = a.model in ("fasterrcnn", "maskrcnn")
    size = a.size or (600 if det else None)
    t0 = time.perf_counter()
    m = build_model(a.model, {"size": size, "raw": True, "spread": 1.0, "frozen": True} if det else {"raw": True}).train()
    x = torch_inputs(a.model, a.batch, size)
    if a.engine == "eager_cl":
        m = m.to(memory_format=torch.channels_last)
        if not det: x = tuple(v.to(memory_format=torch.channels_last) if v.dim() == 4 else v for v in x)
    net = torch.compile(m) if a.engine == "compile" else m
    opt = torch.optim.SGD(m.parameters(), lr=1e-4, momentum=0.9)
    if det:
        b = torch.tensor([[40., 60., 260., 300.], [300., 100., 560., 420.], [80., 350., 240., 560.], [10., 10., 590., 590.]])
        tgt = [{"boxes": b, "labels": torch.tensor([1, 5, 17, 60])}]
        if a.model == "maskrcnn": tgt[0]["masks"] = torch.ones(4, size, size, dtype=torch.uint8)
        fwd = lambda: sum(net(x[0], tgt).values())
    else:
        with torch.no_grad(): y = m.eval()(*x); m.train()
        g = torch.Generator().manual_seed(0)
        if y.dim() == 3: t = torch.randint(0, y.shape[-1], (y.shape[0] * y.shape[1],), generator=g); fwd = lambda: F.cross_entropy(net(*x).flatten(0, 1), t)
        else:
            import numpy as np
            t = torch.randint(0, y.shape[1], (y.shape[0],) + tuple(y.shape[2:]), generator=g)
            if GIVEN.labels: t = torch.from_numpy(np.load(GIVEN.labels)).long()
            fwd = lambda: F.cross_entropy(net(*x), t)
        del y
    parts = [[], [], []]

    def step():
        c0 = time.perf_counter()
        opt.zero_grad(set_to_none=True)
        l = fwd(); c1 = time.perf_counter()
        l.backward(); c2 = time.perf_counter()
        opt.step(); c3 = time.perf_counter()
        for p, v in zip(parts, (c1 - c0, c2 - c1, c3 - c2)): p.append(v)
        return l
    loss = float(step().detach())
    save_output(loss)
    setup = time.perf_counter() - t0
    if a.profile:
        from torch.profiler import profile, ProfilerActivity
        with profile(activities=[ProfilerActivity.CPU]) as p: step()
        print(p.key_averages().table(sort_by="self_cpu_time_total", row_limit=18, max_name_column_width=44), file=sys.stderr)
    r = measure(step, a)
    hwm = vm("VmHWM")
    md = lambda v: round(statistics.median(v[1:]) * 1e3, 2)
    if a.model in ("lstm", "rnn"): gf = 3 * rnn_gflop(a.model, a.batch)
    else:
        from torch.utils.flop_counter import FlopCounterMode
        with FlopCounterMode(display=False) as f: step()
        gf = f.get_total_flops() / 1e9
    r.update(input="x".join(map(str, x[0][0].shape if det else x[0].shape[1:])), gflop=round(gf, 3),
             gflops=round(gf / (r["median_ms"] / 1e3), 1), peak_rss_mb=round(hwm), import_rss_mb=round(rss0),
             import_s=round(imp, 2), setup_s=round(setup, 2), fwd_ms=md(parts[0]), bwd_ms=md(parts[1]), opt_ms=md(parts[2]),
             first_loss=round(loss, 4))
    emit(a, r)


# ----------------------------------------------------------------- single ops
def jpeg_file():
    if GIVEN.jpeg: return GIVEN.jpeg
    p = os.path.join(CACHE, "photo_1920x1080.jpg")
    if not os.path.exists(p):
        import numpy as np
        from PIL import Image
        r = np.random.default_rng(1)
        im = np.zeros((1080, 1920, 3), np.float32)
        for k in (4, 16, 64, 256):                                       # 1/f-like noise, photo-like spectrum
            n = r.standard_normal((k * 9 // 16 + 2, k, 3)).astype(np.float32)
            lo = ((n - n.min()) / (n.max() - n.min()) * 255).astype(np.uint8)
            im += np.asarray(Image.fromarray(lo).resize((1920, 1080), Image.BICUBIC), np.float32) * (1.5 / k ** 0.5)
        im += r.standard_normal(im.shape) * 6
        im = (im - im.min()) / (im.max() - im.min()) * 255
        Image.fromarray(im.astype("uint8")).save(p, quality=90)
    return p


def op_cases(a):
    """-> list of (variant name, zero-argument function, info); the last is what `saccade bench operations` compares"""
    import numpy as np
    n = a.model
    if n == "hog":
        import cv2
        cv2.setNumThreads(a.threads)
        g = np.random.default_rng(0)
        im = cv2.GaussianBlur(g.integers(0, 255, (480, 640, 3), dtype=np.uint8), (0, 0), 3)
        h = cv2.HOGDescriptor(); h.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())
        return [("cv2 detectMultiScale stride 8 scale 1.05", lambda: h.detectMultiScale(im, winStride=(8, 8), scale=1.05), {"cv2": cv2.__version__}),
                ("cv2 detect single scale stride 8", lambda: h.detect(im, winStride=(8, 8)), {}),
                ("cv2 compute descriptors single scale", lambda: h.compute(im, winStride=(8, 8)), {})]
    if n == "jpeg_224":
        p = jpeg_file(); data = open(p, "rb").read(); info = {"bytes": len(data)}
        from PIL import Image
        import io
        def pil(draft):
            im = Image.open(io.BytesIO(data))
            if draft: im.draft("RGB", (224, 224))
            return np.asarray(im.convert("RGB").resize((224, 224), Image.BILINEAR))
        cs = [("PIL decode only", lambda: np.asarray(Image.open(io.BytesIO(data)).convert("RGB")), info),
              ("PIL decode + bilinear(antialias) resize", lambda: pil(False), info),
              ("PIL draft + resize", lambda: pil(True), info)]
        try:
            import cv2
            cv2.setNumThreads(a.threads); buf = np.frombuffer(data, np.uint8)
            cs += [("cv2 decode only", lambda: cv2.imdecode(buf, 1), info),
                   ("cv2 decode + INTER_AREA", lambda: cv2.resize(cv2.imdecode(buf, 1), (224, 224), interpolation=cv2.INTER_AREA), info),
                   ("cv2 decode + INTER_LINEAR", lambda: cv2.resize(cv2.imdecode(buf, 1), (224, 224)), info),
                   ("cv2 REDUCED_COLOR_4 + INTER_AREA", lambda: cv2.resize(cv2.imdecode(buf, cv2.IMREAD_REDUCED_COLOR_4), (224, 224), interpolation=cv2.INTER_AREA), info)]
        except ImportError: pass
        try:
            import torch, torchvision
            torch.set_num_threads(a.threads)
            from torchvision.io import decode_jpeg
            from torchvision.transforms.v2 import functional as TF
            tb = torch.from_numpy(np.frombuffer(data, np.uint8).copy())
            cs += [("torchvision decode only", lambda: decode_jpeg(tb), info),
                   ("torchvision decode + resize antialias", lambda: TF.resize(decode_jpeg(tb), [224, 224], antialias=True), info)]
        except ImportError: pass
        return cs
    torch = torch_setup(a)
    import torchvision, torch.nn.functional as F
    from torchvision import ops
    torch.manual_seed(0)
    cl = a.engine == "eager_cl"
    mf = (lambda t: t.contiguous(memory_format=torch.channels_last)) if cl else (lambda t: t)

    def boxes(k, size=800., lo=16, hi=256):
        c, wh = torch.rand(k, 2) * size, lo + torch.rand(k, 2) * (hi - lo)
        return torch.cat([c - wh / 2, c + wh / 2], 1).clamp(0, size)
    if n.startswith("nms_"):
        k, _, t = n[4:].partition("@"); b, s = boxes(int(k)), torch.rand(int(k))
        if GIVEN.input: b, s = torch.from_numpy(np.load(GIVEN.input)).split([4, 1], 1); s = s.flatten()
        return [(f"iou {t}", lambda t=t: ops.nms(b, s, t), {"kept": len(ops.nms(b, s, t))}) for t in ([float(t)] if t else (0.7, 0.5))]
    if n == "batched_nms_10000":
        b, s, c = boxes(10000), torch.rand(10000), torch.randint(0, 90, (10000,))
        return [("90 classes iou 0.5", lambda: ops.batched_nms(b, s, c, 0.5), {"kept": len(ops.batched_nms(b, s, c, 0.5))})]
    if n.startswith("roi_") and GIVEN.input:                    # features at a quarter of the boxes' size, see Exchange
        f, r = (torch.from_numpy(np.load(x)) for x in (GIVEN.input, GIVEN.labels))
        if n == "roi_pool": op = lambda: ops.roi_pool(f, r, 7, 1 / 4)
        else: op = lambda: ops.roi_align(f, r, 7, 1 / 4, 2)
        save_output(op())
        return [("given features and boxes, 7x7", op, {})]
    if n.startswith("roi_"):
        f = mf(torch.randn(1, 256, 50, 50)); r = torch.cat([torch.zeros(1000, 1), boxes(1000, 800., 32, 400)], 1)
        if n == "roi_pool": return [("1000 rois 256x50x50 7x7", lambda: ops.roi_pool(f, r, 7, 1 / 16), {})]
        sr = 2 if n == "roi_align" else 0
        cs = [(f"1000 rois 256x50x50 7x7 sampling_ratio {sr}", lambda: ops.roi_align(f, r, 7, 1 / 16, sr), {})]
        if n == "roi_align":
            f2 = f.clone().requires_grad_()
            def fb():
                f2.grad = None; ops.roi_align(f2, r, 7, 1 / 16, sr).sum().backward()
            with torch.inference_mode(False): cs.append(("forward+backward", fb, {"grad": True}))
        return cs
    if n in ("max_pool_idx", "max_unpool"):
        x = mf(torch.randn(1, 64, 360, 480)); y, i = F.max_pool2d(x, 2, return_indices=True)
        if n == "max_pool_idx":
            return [("64x360x480 2x2 with indices", lambda: F.max_pool2d(x, 2, return_indices=True), {}),
                    ("64x360x480 2x2 values only", lambda: F.max_pool2d(x, 2), {})]
        y2 = y.clone().requires_grad_(); g = mf(torch.randn(1, 64, 360, 480))
        def fb(): torch.autograd.grad(F.max_unpool2d(y2, i, 2), y2, g)
        return [("64x180x240 -> 360x480", lambda: F.max_unpool2d(y, i, 2), {}), ("forward+backward", fb, {"grad": True})]
    if n.startswith("deconv"):
        dims = {"deconv2x2_512_256_64": (512, 256, 2, 2, 64, 1), "deconv4x4_21": (21, 21, 4, 2, 28, 1),
                "deconv4x4_21_dw": (21, 21, 4, 2, 28, 21), "deconv16x16_21": (21, 21, 16, 8, 28, 1),
                "deconv16x16_21_dw": (21, 21, 16, 8, 28, 21)}[n]
        ci, co, k, st, hw, g = dims
        m = torch.nn.ConvTranspose2d(ci, co, k, st, groups=g, bias=False).eval()
        for p in m.parameters(): p.requires_grad_(False)
        if cl: m = m.to(memory_format=torch.channels_last)
        x = mf(torch.randn(1, ci, hw, hw)); gf = 2e-9 * hw * hw * ci * (co // g) * k * k
        return [(f"{ci}->{co} {k}x{k} s{st} g{g} at {hw}", lambda: m(x), {"gflop": gf})]
    if n.startswith("bilinear_up"):
        c, sc, hw = (64, 2, 90) if "up2" in n else (21, 8, 28)
        x = mf(torch.randn(1, c, hw, hw))
        return [(f"F.interpolate {c}x{hw}x{hw} x{sc}", lambda: F.interpolate(x, scale_factor=sc, mode="bilinear", align_corners=False), {})]
    if n == "crop_concat":
        k, x = mf(torch.randn(1, 64, 568, 568)), mf(torch.randn(1, 64, 392, 392))
        return [("U-Net top skip: crop 568->392, concat 64+64", lambda: torch.cat([k[:, :, 88:480, 88:480], x], 1), {"mbytes": 4 * 128 * 392 * 392 * 2 / 1e6})]
    if n == "bn_relu_64x180x240":
        x = mf(torch.randn(1, 64, 180, 240)); b = torch.nn.BatchNorm2d(64).eval()
        return [("BN eval + ReLU, eager", lambda: F.relu(b(x)), {})]
    if n == "softmax_10000":
        x = torch.randn(1, 10000)
        return [("argmax of 1x10000", lambda: x.argmax(1), {}), ("softmax 1x10000", lambda: x.softmax(1), {})]
    raise SystemExit("unknown op " + n)


def op_mode(a):
    cases = op_cases(a)
    ctx = None
    if "torch" in sys.modules:
        import torch
        ctx = torch.inference_mode
    for v, f, info in cases:
        info = dict(info); grad = info.pop("grad", False)
        if GIVEN.output: save_output(f())
        if ctx and not grad:
            with ctx(): r = measure(f, a)
        else: r = measure(f, a)
        if "gflop" in info: info["gflops"] = round(info["gflop"] / (r["median_ms"] / 1e3), 1); info["gflop"] = round(info["gflop"], 4)
        r.update(variant=v, peak_rss_mb=round(vm("VmHWM")), **info)
        emit(a, r)


# ------------------------------------------------------------------- start-up
def evict():
    """Drop this venv's and cache's pages from the page cache (ours only): cold-start files."""
    for d in (os.path.dirname(os.path.dirname(sys.executable)), CACHE):
        for dp, _, fs in os.walk(d):
            for f in fs:
                try:
                    fd = os.open(os.path.join(dp, f), os.O_RDONLY)
                    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED); os.close(fd)
                except OSError: pass


CLASSIFY_PRE = """
import sys, os
os.environ['OMP_NUM_THREADS']='{th}'
import numpy as np
from PIL import Image
def load(p):
    im = Image.open(p).convert('RGB').resize((224,224), Image.BILINEAR)
    x = (np.asarray(im, np.float32)/255 - [0.485,0.456,0.406])/[0.229,0.224,0.225]
    return np.ascontiguousarray(x.transpose(2,0,1)[None], dtype=np.float32)
"""
STARTUP = {
    ("import", "none"): "pass",
    ("import", "numpy"): "import numpy",
    ("import", "eager"): "import torch, torchvision",
    ("import", "torch_only"): "import torch",
    ("import", "ort"): "import onnxruntime",
    ("import", "openvino"): "import openvino",
    ("import", "cv2"): "import cv2",
    ("classify_jpeg", "eager"): CLASSIFY_PRE + """
import torch, torchvision
torch.set_num_threads({th})
m = torchvision.models.resnet50(weights=None)
m.load_state_dict(torch.load('{p}')); m.eval()
with torch.inference_mode(): y = m(torch.from_numpy(load('{j}')))
print(int(y.argmax()))""",
    ("classify_jpeg", "eager_mmap"): CLASSIFY_PRE + """
import torch, torchvision
torch.set_num_threads({th})
with torch.device('meta'): m = torchvision.models.resnet50(weights=None)
m.load_state_dict(torch.load('{p}', mmap=True), assign=True); m.eval()
with torch.inference_mode(): y = m(torch.from_numpy(load('{j}')))
print(int(y.argmax()))""",
    ("classify_jpeg", "ort"): CLASSIFY_PRE + """
import onnxruntime as rt
so = rt.SessionOptions(); so.intra_op_num_threads = {th}
s = rt.InferenceSession('{o}', so, providers=['CPUExecutionProvider'])
print(int(s.run(None, {{s.get_inputs()[0].name: load('{j}')}})[0].argmax()))""",
    ("classify_jpeg", "openvino"): CLASSIFY_PRE + """
import openvino as ov
c = ov.Core(); cm = c.compile_model(c.read_model('{o}'), 'CPU', {{'PERFORMANCE_HINT':'LATENCY','INFERENCE_NUM_THREADS':{th},'INFERENCE_PRECISION_HINT':'f32'}})
print(int(cm([load('{j}')])[0].argmax()))""",
    ("classify_jpeg", "openvino_cached"): CLASSIFY_PRE + """
import openvino as ov
c = ov.Core(); c.set_property({{'CACHE_DIR':'{c}/ovcache'}})
cm = c.compile_model('{o}', 'CPU', {{'PERFORMANCE_HINT':'LATENCY','INFERENCE_NUM_THREADS':{th},'INFERENCE_PRECISION_HINT':'f32'}})
print(int(cm([load('{j}')])[0].argmax()))""",
    ("classify_jpeg", "cv2dnn"): """
import cv2
cv2.setNumThreads({th})
n = cv2.dnn.readNetFromONNX('{o}')
im = cv2.imread('{j}')
n.setInput(cv2.dnn.blobFromImage(im, 1/58., (224,224), (123.7,116.3,103.5), True))
print(int(n.forward().argmax()))""",
}


def startup(a):
    code = STARTUP[(a.model, a.engine)]
    pth = GIVEN.weights or os.path.join(CACHE, "resnet50.pth")
    if a.model == "classify_jpeg":
        jpeg_file() if GIVEN.jpeg or os.path.exists(os.path.join(CACHE, "photo_1920x1080.jpg")) else sub("--make-jpeg")
        meta("resnet50", 1); need_onnx("resnet50", 1)
        if not os.path.exists(pth): sub("--make-pth")
        code = code.format(th=a.threads, c=CACHE, p=pth, o=onnx_path("resnet50", 1), j=jpeg_file())
    peaks, cpu = [], []

    def once():
        r0 = os.times()
        pid = os.posix_spawn(sys.executable, [sys.executable, "-c", code], dict(os.environ, OMP_NUM_THREADS=str(a.threads)),
                             file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
        _, st, ru = os.wait4(pid, 0)
        if st: raise SystemExit(f"startup child failed: {st}")
        peaks.append(ru.ru_maxrss / 1024); cpu.append(ru.ru_utime + ru.ru_stime)
    cold = None
    if a.cold:
        evict(); t = time.perf_counter(); once(); cold = round(time.perf_counter() - t, 3)
    once(); wait_idle(a.wait_idle)
    ts = []
    for _ in range(a.runs or 7):
        t = time.perf_counter(); once(); ts.append(time.perf_counter() - t)
    emit(a, dict(median_ms=round(statistics.median(ts) * 1e3, 1), min_ms=round(min(ts) * 1e3, 1), runs=len(ts), cpu_s=round(statistics.median(cpu), 2),
                 peak_rss_mb=round(statistics.median(peaks)), cold_s=cold))


# ------------------------------------------------------------------------ main
def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model"); p.add_argument("--engine", default="eager")
    p.add_argument("--mode", default="infer", choices=["infer", "train", "op", "startup"])
    p.add_argument("--batch", type=int, default=1); p.add_argument("--threads", type=int, default=2)
    p.add_argument("--precision", default="f32", choices=["f32", "default"], help="openvino only")
    p.add_argument("--size", type=int, help="square input (train, detectors)")
    p.add_argument("--runs", type=int, default=0); p.add_argument("--warmup", type=int, default=3)
    p.add_argument("--budget", type=float, default=2.0, help="seconds of timed runs"); p.add_argument("--max-s", type=float, default=40.0)
    p.add_argument("--noise", type=float, default=0.06); p.add_argument("--wait-idle", type=float, default=45.0)
    p.add_argument("--profile", action="store_true"); p.add_argument("--cold", action="store_true"); p.add_argument("--keep-cache", action="store_true")
    p.add_argument("--alloc", default="default", choices=["default", "retain"], help="retain: glibc keeps freed memory (no mmap/trim churn)")
    for k in vars(GIVEN): p.add_argument("--" + k, help="see Exchange above")
    p.add_argument("--tag"); p.add_argument("--list", action="store_true")
    p.add_argument("--prepare", help=argparse.SUPPRESS); p.add_argument("--export", help=argparse.SUPPRESS)
    p.add_argument("--export-ov", help=argparse.SUPPRESS); p.add_argument("--how", default="dynamo", help=argparse.SUPPRESS)
    p.add_argument("--make-jpeg", action="store_true", help=argparse.SUPPRESS); p.add_argument("--make-pth", action="store_true", help=argparse.SUPPRESS)
    a = p.parse_args()
    for k in vars(GIVEN): setattr(GIVEN, k, getattr(a, k))
    for k in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"): os.environ[k] = str(a.threads)
    os.environ.setdefault("OPENVINO_TELEMETRY_ENABLED", "0")
    if a.alloc == "retain" and RETAIN not in os.environ.get("GLIBC_TUNABLES", ""):
        os.environ["GLIBC_TUNABLES"] = RETAIN
        os.execv(sys.executable, [sys.executable] + sys.argv)             # tunables are read at process start
    if a.list:
        print("models:", *MODELS); print("ops:", *OPS); print("engines:", *ENGINES)
        print("startup:", *[f"{m}/{e}" for m, e in STARTUP]); return
    if a.prepare: return do_prepare(a.prepare, a.batch)
    if a.export: return do_export(a.export, a.batch, a.how)
    if a.export_ov: return do_export_ov(a.export_ov, a.batch)
    if a.make_jpeg: jpeg_file(); return
    if a.make_pth:
        import torch
        return torch.save(build_model("resnet50").state_dict(), os.path.join(CACHE, "resnet50.pth"))
    tmp = None
    if a.engine.startswith("compile") and not a.keep_cache:
        import tempfile
        tmp = tempfile.mkdtemp(prefix="ind_", dir=CACHE); os.environ["TORCHINDUCTOR_CACHE_DIR"] = tmp
    try:
        if a.mode == "op": op_mode(a)
        elif a.mode == "startup": startup(a)
        elif a.mode == "train": train(a)
        elif a.engine == "ort": infer_ort(a)
        elif a.engine == "openvino": infer_ov(a)
        else: infer_torch(a)
    except Exception as e:
        emit(a, dict(error=f"{type(e).__name__}: {str(e).strip()[:500]}")); sys.exit(1)
    finally:
        if tmp:
            import shutil
            shutil.rmtree(tmp, ignore_errors=True)


if __name__ == "__main__":
    main()
