# oneDNN's header and library, by themselves: WeftOneDNN::dnnl, WeftOneDNN_VERSION.
find_path(WeftOneDNN_INCLUDE_DIR oneapi/dnnl/dnnl.hpp)
find_library(WeftOneDNN_LIBRARY dnnl)
mark_as_advanced(WeftOneDNN_INCLUDE_DIR WeftOneDNN_LIBRARY)
if(WeftOneDNN_INCLUDE_DIR)
  set(WeftOneDNN_VERSION "")
  foreach(part MAJOR MINOR PATCH)
    file(STRINGS "${WeftOneDNN_INCLUDE_DIR}/oneapi/dnnl/dnnl_version.h" line
         REGEX "#define DNNL_VERSION_${part} ")
    string(REGEX MATCH "[0-9]+$" number "${line}")
    string(APPEND WeftOneDNN_VERSION ".${number}")
  endforeach()
  string(SUBSTRING "${WeftOneDNN_VERSION}" 1 -1 WeftOneDNN_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(WeftOneDNN REQUIRED_VARS WeftOneDNN_LIBRARY WeftOneDNN_INCLUDE_DIR
                                  VERSION_VAR WeftOneDNN_VERSION)
if(WeftOneDNN_FOUND AND NOT TARGET WeftOneDNN::dnnl)
  add_library(WeftOneDNN::dnnl UNKNOWN IMPORTED)
  set_target_properties(WeftOneDNN::dnnl PROPERTIES IMPORTED_LOCATION "${WeftOneDNN_LIBRARY}"
                        INTERFACE_INCLUDE_DIRECTORIES "${WeftOneDNN_INCLUDE_DIR}")
endif()
