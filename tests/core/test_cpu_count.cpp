// How many CPUs a process may use, by the files of cgroups version 1 and 2.

#include <filesystem>
#include <fstream>
#include <string>

#include "core/cpu_count.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/paths.h"

using namespace weft;
using weft::detail::cgroup_cpus;

namespace {

/// A folder with made-up files of the system.
class Root {
 public:
  Root() : path_(test::temporary_dir()) {}
  void write(const std::string& file, const std::string& text) const {
    const std::filesystem::path full = path_ / "sys/fs/cgroup" / file;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("the quota of a cgroup of version 2, its own or one above it", "[settings]") {
  const Root root;
  CHECK(cgroup_cpus("0::/a/b\n", root.path()) == 0);
  root.write("a/b/cpu.max", "max 100000\n");
  CHECK(cgroup_cpus("0::/a/b\n", root.path()) == 0);
  root.write("a/b/cpu.max", "350000 100000\n");
  CHECK(cgroup_cpus("0::/a/b\n", root.path()) == 4);
  root.write("a/cpu.max", "200000 100000\n");
  CHECK(cgroup_cpus("0::/a/b\n", root.path()) == 2);
  root.write("cpu.max", "50000 100000\n");  // a container sees its own at the top
  CHECK(cgroup_cpus("0::/somewhere/else\n", root.path()) == 1);
  CHECK(cgroup_cpus("0::/\n", root.path()) == 1);
}

TEST_CASE("the quota of a cgroup of version 1", "[settings]") {
  const Root root;
  root.write("cpu/docker/x/cpu.cfs_quota_us", "150000\n");
  root.write("cpu/docker/x/cpu.cfs_period_us", "100000\n");
  CHECK(cgroup_cpus("5:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n0::/\n", root.path()) == 2);
  CHECK(cgroup_cpus("4:cpuset:/docker/x\n", root.path()) == 0);
  root.write("cpu,cpuacct/docker/y/cpu.cfs_quota_us", "-1\n");
  root.write("cpu,cpuacct/docker/y/cpu.cfs_period_us", "100000\n");
  CHECK(cgroup_cpus("4:cpu,cpuacct:/docker/y\n", root.path()) == 0);
}

TEST_CASE("what is no quota is none", "[settings]") {
  const Root root;
  for (const char* text : {"", "max", "x y", "0 100000", "100000 0", "-5 100000", "100000"}) {
    root.write("cpu.max", text);
    CAPTURE(text);
    CHECK(cgroup_cpus("0::/\n", root.path()) == 0);
  }
  CHECK(cgroup_cpus("", root.path()) == 0);
  CHECK(cgroup_cpus("no colon\n:\n::\n0::relative\n", root.path()) == 0);
  CHECK(weft::detail::usable_cpus() >= 1);
}
