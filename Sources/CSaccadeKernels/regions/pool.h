// RoI pooling of regions whose windows are there.
#pragma once

#include "windows.h"

// Maps in blocks of channels, or with all channels of a pixel together. `places` may be null.
void pool_lanes_forward(const region_windows *, const float *x, float *y, float *places);

// Row-major maps.
void pool_rows_forward(const region_windows *, const float *x, float *y);
