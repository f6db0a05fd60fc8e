// What ZeroPadding and Cropping take: how much before and behind, along each spatial dimension.
#pragma once
#include <initializer_list>
#include <vector>

namespace weft::layers {

/// Along one dimension: {before, behind}, or one number for both.
struct Margin {
  Margin(int both) : before(both), behind(both) {}
  Margin(int before_, int behind_) : before(before_), behind(behind_) {}
  int before, behind;
};

/// Along several: one number for all, or for each dimension a number or {before, behind}: 1, {1,
/// 2},
/// {{1, 1}, {2, 0}}.
class Margins {
 public:
  Margins(int all) : for_each_(false), list_{Margin(all)} {}
  Margins(std::initializer_list<Margin> list) : list_(list) {}
  Margins(std::vector<Margin> list) : list_(std::move(list)) {}
  /// Whether there is one for each dimension.
  bool is_list() const { return for_each_; }
  const std::vector<Margin>& list() const { return list_; }

 private:
  bool for_each_ = true;
  std::vector<Margin> list_;
};

}  // namespace weft::layers
