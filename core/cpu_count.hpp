// How many CPUs this process may use: what hardware_concurrency does not know of is a container's
// quota.
#pragma once
#include <string>

namespace weft::detail {

/// The CPUs that the process may run on (sched_getaffinity), but no more than the quota of its
/// cgroup and of those above it, rounded up; at least 1. Asks the system: microseconds.
int usable_cpus();

/// The smallest quota, in CPUs, rounded up, of a process whose /proc/self/cgroup has `membership`;
/// 0 where there is none. Version 2 (cpu.max) and version 1 (cpu.cfs_quota_us) under
/// `root`/sys/fs/cgroup.
int cgroup_cpus(const std::string& membership, const std::string& root);

}  // namespace weft::detail
