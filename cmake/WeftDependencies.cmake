# What weft stands on, and weft_options: the flags of its own code. Both stay private: no header that a user
# includes shows any of it.
# libzip comes through pkg-config (its CMake package is fatal on Debian 12 without zipcmp and ziptool), HDF5 too (CMake's
# module adds curl and OpenSSL to the link), oneDNN through our own find module (its package wants OpenCL's headers).
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(hdf5 REQUIRED IMPORTED_TARGET hdf5)

add_library(weft_dependencies INTERFACE)
target_link_libraries(weft_dependencies INTERFACE fmt::fmt spdlog::spdlog ZLIB::ZLIB PkgConfig::hdf5
                      PkgConfig::libzip nlohmann_json::nlohmann_json Threads::Threads ${CMAKE_DL_LIBS})

# -ffp-contract=off: fusing a*b+c behind our back would make a fused and an unfused plan differ in bits.
add_library(weft_options INTERFACE)
target_compile_options(weft_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -ffp-contract=off
                                              $<$<BOOL:${WEFT_WERROR}>:-Werror>>)
target_include_directories(weft_options INTERFACE "${PROJECT_SOURCE_DIR}")

set(WEFT_HAS_ONEDNN OFF)
if(WEFT_ONEDNN)
  find_package(WeftOneDNN QUIET)
  set(WEFT_HAS_ONEDNN ${WeftOneDNN_FOUND})
endif()
if(WEFT_HAS_ONEDNN)
  target_link_libraries(weft_dependencies INTERFACE WeftOneDNN::dnnl)
  target_compile_definitions(weft_options INTERFACE WEFT_HAS_ONEDNN=1)
endif()
message(STATUS "weft ${WEFT_VERSION}: oneDNN ${WEFT_HAS_ONEDNN} ${WeftOneDNN_VERSION}")
