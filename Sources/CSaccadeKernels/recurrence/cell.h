// One unit of a cell at one step, forward and backward. Without branches, so that loops over units become vectors.
#pragma once

#define CELL_INLINE static inline __attribute__((always_inline))

// tanh x within 4e-7 of its value, and of x near 0. The rational approximation that Eigen has (ptanh): odd over even
// polynomials, least squares of the relative error on ±7.9, beyond which the result is ±1 to the last digit but one.
CELL_INLINE float cell_tanh(float x) {
    float bound = 7.90531110763549805f;
    float a = x > bound ? bound : x < -bound ? -bound : x;
    float s = a * a;
    float p = -2.76076847742355e-16f;
    p = p * s + 2.00018790482477e-13f;
    p = p * s + -8.60467152213735e-11f;
    p = p * s + 5.12229709037114e-08f;
    p = p * s + 1.48572235717979e-05f;
    p = p * s + 6.37261928875436e-04f;
    p = p * s + 4.89352455891786e-03f;
    float q = 1.19825839466702e-06f;
    q = q * s + 1.18534705686654e-04f;
    q = q * s + 2.26843463243900e-03f;
    q = q * s + 4.89352518554385e-03f;
    return a * p / q;
}

CELL_INLINE float cell_sigmoid(float x) { return 0.5f * cell_tanh(0.5f * x) + 0.5f; }

// Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al. (2000): c′ = f·c + i·g, h = o · tanh c′.
CELL_INLINE void lstm_unit(
    float gates[4], float c, float *h_out, float *c_out) {
    float i = cell_sigmoid(gates[0]), f = cell_sigmoid(gates[1]);
    float g = cell_tanh(gates[2]), o = cell_sigmoid(gates[3]);
    float next = f * c + i * g;
    *c_out = next;
    *h_out = o * cell_tanh(next);
    gates[0] = i, gates[1] = f, gates[2] = g, gates[3] = o;
}

// `gates` are the activated ones; returns the gradient of c and leaves those of the sums in `gates`.
CELL_INLINE float lstm_unit_gradient(float gates[4], float c, float c_out, float d_h, float d_c_out) {
    float i = gates[0], f = gates[1], g = gates[2], o = gates[3], t = cell_tanh(c_out);
    float d_c = d_c_out + d_h * o * (1 - t * t);
    gates[0] = d_c * g * i * (1 - i);
    gates[1] = d_c * c * f * (1 - f);
    gates[2] = d_c * i * (1 - g * g);
    gates[3] = d_h * t * o * (1 - o);
    return d_c * f;
}

// Cho et al. (2014) as PyTorch has it, the reset gate behind the product: n = tanh(x_n + r · u), h′ = (1 − z)·n + z·h, where
// u is what the hidden side adds. `gates` holds the sums of r and z and what the inputs add to n; then r, z, n and u.
CELL_INLINE float gru_unit(float gates[4], float u, float h) {
    float r = cell_sigmoid(gates[0]), z = cell_sigmoid(gates[1]), n = cell_tanh(gates[2] + r * u);
    gates[0] = r, gates[1] = z, gates[2] = n, gates[3] = u;
    return n + z * (h - n);
}

// `gates` are r, z, n and u; leaves the gradients of the sums of r, z, n, and of u; returns what h gets directly.
CELL_INLINE float gru_unit_gradient(float gates[4], float h, float d_h) {
    float r = gates[0], z = gates[1], n = gates[2], u = gates[3];
    float d_n = d_h * (1 - z) * (1 - n * n);
    gates[0] = d_n * u * r * (1 - r);
    gates[1] = d_h * (h - n) * z * (1 - z);
    gates[2] = d_n;
    gates[3] = d_n * r;
    return d_h * z;
}
