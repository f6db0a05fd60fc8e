// Automatic names.
#pragma once

namespace weft {

/// Forgets all counters of automatic names: the next Dense is "dense" again. What exists keeps its
/// name.
void clear_session();

}  // namespace weft
