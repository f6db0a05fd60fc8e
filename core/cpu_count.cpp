#include "core/cpu_count.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sched.h>
#endif

namespace weft::detail {
namespace {

/// quota / period rounded up; 0 for "max", -1 and whatever is not there.
int cpus(const std::string& quota, const std::string& period) {
  std::istringstream a(quota), b(period);
  double q = 0, p = 0;
  if (!(a >> q) || !(b >> p) || q <= 0 || p <= 0) return 0;
  return static_cast<int>(std::min(std::ceil(q / p), 1e6));
}

std::string word_of(std::istream& in) {
  std::string word;
  in >> word;
  return word;
}

int quota_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  const std::string quota = word_of(file), period = word_of(file);
  return cpus(quota, period);
}

int quota_v1(const std::string& folder) {
  std::ifstream quota(folder + "/cpu.cfs_quota_us"), period(folder + "/cpu.cfs_period_us");
  return cpus(word_of(quota), word_of(period));
}

void take_smaller(int& least, int found) {
  if (found > 0 && (least == 0 || found < least)) least = found;
}

/// Of `path` and all above it. In a container the path may be the host's, which is not to be seen
/// there; the container's own is the top.
int smallest(const std::string& top, std::string path, int (*quota)(const std::string&)) {
  int least = 0;
  while (!path.empty() && path != "/") {
    take_smaller(least, quota(top + path));
    path.erase(path.rfind('/'));
  }
  take_smaller(least, quota(top));
  return least;
}

bool lists_cpu(const std::string& controllers) {
  std::istringstream list(controllers);
  for (std::string one; std::getline(list, one, ',');)
    if (one == "cpu") return true;
  return false;
}

}  // namespace

int cgroup_cpus(const std::string& membership, const std::string& root) {
  const std::string top = root + "/sys/fs/cgroup";
  int least = 0;
  std::istringstream lines(membership);
  // "0::/path" in version 2, "4:cpu,cpuacct:/path" in version 1.
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (path.empty() || path[0] != '/') continue;
    if (controllers.empty()) {
      take_smaller(least, smallest(top, path, quota_v2));
    } else if (lists_cpu(controllers)) {
      take_smaller(least, smallest(top + "/cpu", path, quota_v1));
      take_smaller(least, smallest(top + "/" + controllers, path, quota_v1));
    }
  }
  return least;
}

namespace {

int allowed_cpus() {
#if defined(__linux__)
  // A set for fewer CPUs than the machine has is refused.
  for (std::size_t bits = 1024; bits <= 65536; bits *= 4) {
    std::vector<cpu_set_t> sets(bits / (8 * sizeof(cpu_set_t)));
    const std::size_t bytes = sets.size() * sizeof(cpu_set_t);
    if (sched_getaffinity(0, bytes, sets.data()) == 0) return CPU_COUNT_S(bytes, sets.data());
  }
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace

int usable_cpus() {
  const std::ifstream file("/proc/self/cgroup");
  std::ostringstream text;
  if (file) text << file.rdbuf();
  int count = std::max(1, allowed_cpus());
  take_smaller(count, cgroup_cpus(text.str(), ""));
  return count;
}

}  // namespace weft::detail
