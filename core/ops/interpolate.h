// Resampling along one axis by interpolation.
#pragma once
#include <weft/core/op.h>

#include <string>

namespace weft::ops {

/// x with axis `axis` of size n made n * scale long. Place o of the output lies at (o + 1/2) /
/// scale
/// - 1/2 of the input (half-pixel centres); its value is the sum of the inputs j there are, each
/// with weight k(|place - j|) / sum of all weights, where k is for "bilinear" max(0, 1 - d); for
/// "bicubic" Keys' cubic with a = -1/2; for "lanczos3" and "lanczos5" sinc(d) sinc(d / r), d < r.
/// Throws ShapeError when the axis is out of range or scale is not positive, Error for another
/// interpolation, DtypeError when x is not floating.
Tensor interpolate(const Tensor& x, int axis, std::int64_t scale, const std::string& interpolation);

}  // namespace weft::ops
