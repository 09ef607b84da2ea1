// RoIAlign of some regions whose taps are there.
#pragma once

#include "taps.h"

// Rows of bins of a row-major map that are made together.
enum { ALIGN_ROWS = 8 };

// Maps in blocks of channels, or with all channels of a pixel together.
void align_lanes_forward(const region_taps *, const float *x, float *y);

// The first regions find whatever is in `dx`, and leave nothing of it.
void align_lanes_gradient(const region_taps *, const float *dy, float *dx);

// Row-major maps.
void align_rows_forward(const region_taps *, const float *x, float *y);
void align_rows_gradient(const region_taps *, const float *dy, float *dx);
