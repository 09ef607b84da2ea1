// The one place that decides which Cairo headers we see.
#include <cairo.h>
#include <cairo-pdf.h>
#include <cairo-svg.h>
