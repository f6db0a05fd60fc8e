# The CUDA plug-in, libweft_cuda.so, where WEFT_CUDA is on, and beside the tests libweft_cuda_emulated.so: the same host code
# and the same kernels on this machine, compiled by the C++ compiler; no header of CUDA is touched for it.
weft_generate_cuda(WEFT_CUDA_GENERATED)
file(GLOB WEFT_CUDA_SOURCES CONFIGURE_DEPENDS backends/cuda/*.cpp backends/cuda/*.cu backends/cuda/kernels/*.cu)
list(APPEND WEFT_CUDA_SOURCES ${WEFT_CUDA_GENERATED})
list(FILTER WEFT_CUDA_SOURCES EXCLUDE REGEX "/runtime_")

function(weft_cuda_code target)
  target_include_directories(${target} PRIVATE $<TARGET_PROPERTY:weft,INCLUDE_DIRECTORIES>)
  target_link_libraries(${target} PRIVATE weft $<BUILD_INTERFACE:weft_options> weft_dependencies)
  target_compile_features(${target} PRIVATE cxx_std_20)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden)
  # The kernels' headers are seen by two compilers, whose words for the same thing differ.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-math-errno -fno-trapping-math>)
endfunction()

# A library that is opened, not linked, and lies beside libweft.
function(weft_cuda_plugin target)
  weft_cuda_code(${target})
  set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY $<TARGET_FILE_DIR:weft>
                        BUILD_RPATH "\$ORIGIN" INSTALL_RPATH "\$ORIGIN")
endfunction()

if(WEFT_BUILD_TESTS AND BUILD_SHARED_LIBS)
  # CMake knows a .cu as CUDA's, and only where that language is on: each is included by a source for g++.
  set(emulated "")
  foreach(source ${WEFT_CUDA_SOURCES})
    if(source MATCHES "\\.cu$")
      get_filename_component(name "${source}" NAME_WE)
      get_filename_component(folder "${source}" DIRECTORY)
      get_filename_component(folder "${folder}" NAME)
      set(wrapper "${PROJECT_BINARY_DIR}/generated/cuda/emulated/${folder}_${name}.cpp")
      file(CONFIGURE OUTPUT "${wrapper}" CONTENT "#include \"${source}\"\n" @ONLY)
      list(APPEND emulated "${wrapper}")
    else()
      list(APPEND emulated "${source}")
    endif()
  endforeach()
  # Its tests reach what a plug-in hides: both are made of the same objects.
  file(GLOB emulation CONFIGURE_DEPENDS backends/cuda/emulate/*.cpp)
  add_library(weft_cuda_emulation OBJECT ${emulated} ${emulation})
  weft_cuda_code(weft_cuda_emulation)
  add_library(weft_cuda_emulated MODULE $<TARGET_OBJECTS:weft_cuda_emulation>)
  weft_cuda_plugin(weft_cuda_emulated)

  # The same for kernels on threads under ThreadSanitizer, in a folder of its own; its programs are the ordinary ones
  # (.ci/steps cuda_races).
  add_library(weft_cuda_emulated_tsan MODULE EXCLUDE_FROM_ALL ${emulated} ${emulation})
  weft_cuda_plugin(weft_cuda_emulated_tsan)
  target_compile_options(weft_cuda_emulated_tsan PRIVATE -fsanitize=thread -O1 -g1)
  target_link_options(weft_cuda_emulated_tsan PRIVATE -fsanitize=thread)
  set_target_properties(weft_cuda_emulated_tsan PROPERTIES OUTPUT_NAME weft_cuda_emulated
                        LIBRARY_OUTPUT_DIRECTORY $<TARGET_FILE_DIR:weft>/tsan BUILD_RPATH "\$ORIGIN/..")
endif()

# What of CUDA's libraries works without a GPU is tested wherever they are: no nvcc is needed for it.
set(WEFT_HAS_CUDA_LIBRARIES OFF)
find_package(CUDAToolkit 12.6 QUIET)
if(CUDAToolkit_FOUND)
  find_package(cuDNN 9.8 QUIET)
  if(cuDNN_FOUND AND TARGET CUDA::cublasLt AND TARGET CUDA::cudart_static)
    set(WEFT_HAS_CUDA_LIBRARIES ON)
  endif()
endif()
file(GLOB WEFT_CUDA_LIBRARY_SOURCES CONFIGURE_DEPENDS backends/cuda/runtime_*.cpp backends/cuda/cudnn/*.cpp
     backends/cuda/cublaslt/*.cpp)
file(GLOB WEFT_CUDA_LIBRARY_KERNELS CONFIGURE_DEPENDS backends/cuda/cudnn/kernels/*.cpp
     backends/cuda/cublaslt/kernels/*.cpp)
# What cuDNN plans for where there is no device.
set(device "${PROJECT_SOURCE_DIR}/backends/cuda/cudnn/devices/sm_90.json")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${device}")
file(READ "${device}" json)
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/planned_device.hpp" @ONLY CONTENT
     "#pragma once\nnamespace weft::cuda::cudnn {\ninline constexpr const char* planned_device = R\"json(@json@)json\";\n}  // namespace weft::cuda::cudnn\n")
# CUB's sorts; the emulation has a stand-in for them (backends/cuda/emulate/device_sort.cpp).
file(GLOB WEFT_CUDA_CUB_SOURCES CONFIGURE_DEPENDS backends/cuda/cub/*.cu)
# Deprecated functions of cuDNN are refused; the compiler would only warn.
add_library(weft_cuda_libraries INTERFACE)
target_link_libraries(weft_cuda_libraries INTERFACE CUDA::cudart_static CUDA::cublasLt cuDNN::cudnn)
target_compile_definitions(weft_cuda_libraries INTERFACE CUDNN_WARN_DEPRECATED)

if(WEFT_CUDA)
  include(CheckLanguage)
  check_language(CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    message(FATAL_ERROR "WEFT_CUDA: expected nvcc on the PATH (or CUDACXX set). Received: none")
  endif()
  # SASS for A100, H100/H200, B200 and RTX 50, and PTX for what comes after; one number builds faster.
  set(WEFT_CUDA_ARCHITECTURES 80-real 90-real 100-real 120 CACHE STRING "What the CUDA plug-in is built for")
  set(CMAKE_CUDA_ARCHITECTURES ${WEFT_CUDA_ARCHITECTURES})
  enable_language(CUDA)
  find_package(CUDAToolkit 12.6 REQUIRED)
  find_package(cuDNN 9.8 REQUIRED)
  if(NOT TARGET CUDA::cublasLt)
    message(FATAL_ERROR "WEFT_CUDA: expected cuBLASLt in the CUDA toolkit (Debian package libcublas-dev-13-0). Received: none in ${CUDAToolkit_LIBRARY_DIR}")
  endif()
  if(NOT BUILD_SHARED_LIBS)
    message(FATAL_ERROR "WEFT_CUDA: the plug-in needs a shared libweft. Expected: BUILD_SHARED_LIBS=ON. Received: OFF")
  endif()
  add_library(weft_cuda MODULE ${WEFT_CUDA_SOURCES} ${WEFT_CUDA_CUB_SOURCES} ${WEFT_CUDA_LIBRARY_SOURCES} ${WEFT_CUDA_LIBRARY_KERNELS}
              "${PROJECT_BINARY_DIR}/generated/cuda/library_kernels.cpp")
  weft_cuda_plugin(weft_cuda)
  target_link_libraries(weft_cuda PRIVATE weft_cuda_libraries)
  # The standard is an option because CMake 3.25 knows no features of nvcc 13. --fmad=false for the reason of -ffp-contract=off: where fma is wanted, the source says so.
  target_compile_options(weft_cuda PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20 --fmad=false -Xptxas=-v --expt-relaxed-constexpr --expt-extended-lambda
                                           -Xcompiler=-Wall,-Wextra $<$<BOOL:${WEFT_WERROR}>:-Werror=all-warnings>>)
  # A kernel of weft's that runs out of registers is a warning, so an error. CUB's keep to what its authors measured: one
  # spills 8 bytes on sm_100.
  set(own_kernels ${WEFT_CUDA_SOURCES})
  list(FILTER own_kernels INCLUDE REGEX "\\.cu$")
  set_source_files_properties(${own_kernels} PROPERTIES COMPILE_OPTIONS -Xptxas=--warn-on-spills)
  # What ptxas says of each kernel is kept beside its object: tests/cuda/check_registers.py reads it.
  set(keep_report sh "${PROJECT_SOURCE_DIR}/scripts/keep_ptxas_report.sh" ${CMAKE_CUDA_COMPILER_LAUNCHER})
  set_target_properties(weft_cuda PROPERTIES CUDA_RUNTIME_LIBRARY Static CUDA_VISIBILITY_PRESET hidden
                        CUDA_COMPILER_LAUNCHER "${keep_report}" INSTALL_RPATH_USE_LINK_PATH ON
                        LINK_OPTIONS "LINKER:--no-undefined")
endif()
