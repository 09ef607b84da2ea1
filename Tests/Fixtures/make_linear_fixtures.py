"""Makes Tests/Fixtures/linear.json: support vector machines, least squares and singular values by NumPy and SciPy.

Run from the repository root, with NumPy and SciPy installed:  python3 Tests/Fixtures/make_linear_fixtures.py
The committed file was made with NumPy 2.4 and SciPy 1.17.
"""

import json
import pathlib

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, minimize

rng = np.random.default_rng(15)


def listed(array):
    return np.asarray(array, float).tolist()


def single(array):
    """Inputs are single precision, so that both sides start from the same numbers."""
    return np.asarray(array, np.float32).astype(float)


def machine(name, x, positive, cost=1.0, bias=1.0, positive_weight=1.0, negative_weight=1.0):
    """A quadratic program in the weights, of which the intercept is one, and in what each example lacks."""
    y = np.where(positive, 1.0, -1.0)
    signed = np.hstack([x, np.full((len(x), 1), bias)]) * y[:, None]
    costs = cost * np.where(positive, positive_weight, negative_weight)
    count, rows = signed.shape[1], len(x)
    lacks = LinearConstraint(np.hstack([signed, np.eye(rows)]), 1, np.inf)
    best = minimize(
        lambda v: (0.5 * v[:count] @ v[:count] + costs @ v[count:], np.concatenate([v[:count], costs])),
        np.concatenate([np.zeros(count), np.ones(rows)]), jac=True, method="trust-constr",
        hess=lambda v: np.diag(np.concatenate([np.ones(count), np.zeros(rows)])), constraints=lacks,
        bounds=Bounds(np.append(np.full(count, -np.inf), np.zeros(rows)), np.inf),
        options={"maxiter": 20000, "gtol": 1e-10, "xtol": 1e-14, "barrier_tol": 1e-10})
    w = best.x[:count]
    primal = 0.5 * w @ w + (costs * np.maximum(0, 1 - signed @ w)).sum()
    # From below: the dual, of the multipliers of the constraints.
    multipliers = np.clip(np.abs(best.v[0]), 0, costs)
    dual = multipliers.sum() - 0.5 * (signed.T @ multipliers) @ (signed.T @ multipliers)
    assert primal - dual < 1e-6 * primal, (name, primal, dual)
    return {
        "name": name, "features": listed(x), "positive": [bool(p) for p in positive], "cost": cost, "bias": bias,
        "positiveWeight": positive_weight, "negativeWeight": negative_weight, "objective": primal,
        "weights": listed(w[:-1]), "intercept": float(w[-1] * bias),
    }


def blobs(count, columns, apart):
    positive = rng.random(count) < 0.4
    x = rng.normal(size=(count, columns)) + apart * np.where(positive, 1, -1)[:, None]
    x[rng.random(x.shape) < 0.3] = 0
    return single(x), positive


x, positive = blobs(40, 4, 0.5)
wide, wide_positive = blobs(12, 30, 0.3)
machines = [
    machine("overlapping", x, positive),
    machine("positives first", x[np.argsort(~positive)], np.sort(positive)[::-1]),
    machine("negatives first", x[np.argsort(positive)], np.sort(positive)),
    machine("weights", x, positive, cost=0.1, positive_weight=5, negative_weight=0.5),
    machine("large bias", x + 3, positive, cost=0.05, bias=10),
    machine("no bias", x, positive, bias=0),
    machine("wide", wide, wide_positive),
    machine("two examples", single([[1, 2], [-1, 0.5]]), np.array([False, True])),
]


def regression(name, x, t, penalty, has_intercept=True):
    mx, mt = (x.mean(0), t.mean(0)) if has_intercept else (np.zeros(x.shape[1]), np.zeros(t.shape[1]))
    u, s, v = np.linalg.svd(x - mx, full_matrices=False)
    small = s <= (s.max() if len(s) else 0) * 1e-6
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = np.where((penalty == 0) & small, 0, s / (s * s + penalty))
    factors = np.nan_to_num(factors)
    w = (v.T * factors) @ (u.T @ (t - mt))
    if penalty == 0:
        lstsq = np.linalg.lstsq(x - mx, t - mt, rcond=1e-6)[0]
        assert np.allclose(w, lstsq, atol=1e-9), name
    return {
        "name": name, "features": listed(x), "targets": listed(t), "lambda": penalty, "hasIntercept": has_intercept,
        "weights": listed(w.T), "intercepts": listed(mt - mx @ w),
    }


def random(*shape):
    return single(rng.normal(size=shape))


deficient = single(np.round(rng.normal(size=(12, 2)), 1) @ np.round(rng.normal(size=(2, 5)), 1))
regressions = [
    regression("tall", random(30, 4), random(30, 3), 1.0),
    regression("wide", random(5, 17), random(5, 2), 1.0),
    regression("tall, large price", random(30, 4) * 10, random(30, 4), 1000.0),
    regression("square", random(6, 6), random(6, 1), 0.1),
    regression("tall, free", random(30, 4), random(30, 3), 0.0),
    regression("wide, free", random(5, 17), random(5, 2), 0.0),
    regression("deficient", deficient, random(12, 2), 0.5),
    regression("deficient, free", deficient, random(12, 2), 0.0),
    regression("deficient, tiny price", deficient, random(12, 2), 1e-11),
    regression("one row", random(1, 3), random(1, 2), 2.0),
    regression("one row, free", random(1, 3), random(1, 2), 0.0),
    regression("one row without intercept", random(1, 3), random(1, 2), 2.0, False),
    regression("zero", np.zeros((4, 3)), random(4, 2), 1.0),
    regression("zero, free", np.zeros((4, 3)), random(4, 2), 0.0),
    regression("without intercept", random(20, 3) + 5, random(20, 2), 3.0, False),
    regression("one column", random(9, 1), random(9, 1), 0.0),
    regression("far from the origin", random(30, 3) + 100, random(30, 2) - 50, 1.0),
]


def decomposition(name, w, rank):
    u, s, v = np.linalg.svd(w, full_matrices=False)
    return {
        "name": name, "matrix": listed(w), "rank": rank, "singularValues": listed(s[:rank]),
        "approximation": listed((u[:, :rank] * s[:rank]) @ v[:rank]),
        "lostShare": float((s[rank:] ** 2).sum() / max((s**2).sum(), 1e-300)),
    }


decompositions = [
    decomposition("wide", random(6, 11), 3),
    decomposition("tall", random(11, 6), 3),
    decomposition("all of it", random(5, 7), 5),
    decomposition("square", random(6, 6), 1),
    decomposition("deficient", deficient, 4),
    decomposition("deficient, wide", deficient.T.copy(), 4),
    decomposition("one row", random(1, 9), 1),
    decomposition("one column", random(9, 1), 1),
    decomposition("one number", single([[-2.5]]), 1),
    decomposition("zero", np.zeros((3, 4)), 2),
    decomposition("scales", single(np.diag([1e3, 1.0, 1e-2]) @ rng.normal(size=(3, 8))), 2),
]

(pathlib.Path(__file__).parent / "linear.json").write_text(
    json.dumps({"machines": machines, "regressions": regressions, "decompositions": decompositions}, indent=None) + "\n")
