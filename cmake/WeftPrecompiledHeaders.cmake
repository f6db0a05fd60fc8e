# Precompiled headers make a build from nothing a third shorter. With a compiler cache they are left out: they would tie its
# entries to one folder. Of weft's own headers only the most public one is there: a source must not see names of headers
# that it does not include. The kernels have other options, for which a compiler takes no precompiled header.
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(WEFT_PRECOMPILE_DEFAULT OFF)
else()
  set(WEFT_PRECOMPILE_DEFAULT ON)
endif()
option(WEFT_PRECOMPILE_HEADERS "Precompile the headers that most sources include" ${WEFT_PRECOMPILE_DEFAULT})
if(WEFT_PRECOMPILE_HEADERS)
  target_precompile_headers(weft PRIVATE <algorithm> <functional> <map> <memory> <optional> <string> <unordered_map> <vector>
                            <fmt/core.h> "${CMAKE_CURRENT_SOURCE_DIR}/core/op.h")
  set_source_files_properties(${WEFT_CPU_SOURCES} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endif()
