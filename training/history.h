// History: what fit returns.
#pragma once
#include <weft/training/logs.h>

namespace weft {

/// The logs of every epoch: history.history["loss"].back().
struct History {
  class Columns : detail::State {
   public:
    /// One number an epoch. Throws Error naming the columns there are.
    std::vector<double> operator[](std::string_view name) const;
    std::vector<std::string> names() const;
    bool contains(std::string_view name) const;
    /// Appends an epoch's logs.
    void append(const Logs& logs);
  };
  Columns history;
  std::vector<int> epoch;  ///< counted from 0
};

}  // namespace weft
