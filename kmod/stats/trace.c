// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints, made from their description in trace.h. */
#define CREATE_TRACE_POINTS
#include "stats/trace.h"
