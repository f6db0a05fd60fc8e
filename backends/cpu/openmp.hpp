// oneDNN's OpenMP runs on one thread wherever weft calls it: its threads spin by default, and two
// busy processes with such threads were measured 120 times slower than with one.
#pragma once

namespace weft::cpu {

/// While it lives, OpenMP regions begun by this thread have one thread; what the thread had before
/// comes back (it may be a user's). Nothing where no OpenMP is loaded.
class OneOpenmpThread {
 public:
  OneOpenmpThread();
  ~OneOpenmpThread();
  OneOpenmpThread(const OneOpenmpThread&) = delete;
  OneOpenmpThread& operator=(const OneOpenmpThread&) = delete;

 private:
  int before_ = 1;
};

}  // namespace weft::cpu
